using ExecActors.Testing;
using FsCheck.Xunit;

namespace ExecActors.Platform.Tests;

public sealed class GlobTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.env", "a.env", true)]
    [InlineData("*.env", ".env", true)]
    [InlineData("*", ".hidden", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("?", "", false)]
    [InlineData("?", "ab", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[^a]", "b", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("a\\", "a\\", true)]
    [InlineData("**", "anything", true)]
    public void A_component_matches_a_name(string component, string name, bool expected) =>
        Assert.Equal(expected, GlobPattern.Matches(component, name));

    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/{a,b}", "/a|/b")]
    [InlineData("/x{a,b{c,d}}y", "/xay|/xbcy|/xbdy")]
    [InlineData("/{a,b}/{c,d}", "/a/c|/a/d|/b/c|/b/d")]
    [InlineData("/{}", "/")]
    [InlineData("/\\{a,b\\}", "/\\{a,b\\}")]
    [InlineData("/{a\\,b,c}", "/a\\,b|/c")]
    public void Braces_are_written_out(string pattern, string expected) =>
        Assert.Equal(expected.Split('|').Order(StringComparer.Ordinal), GlobPattern.Alternatives(pattern).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/{a")]
    [InlineData("/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")]
    public void Braces_that_are_open_or_too_many_are_refused(string pattern) =>
        Assert.Throws<SandboxException>(() => GlobPattern.Alternatives(pattern));

    [Property]
    public bool An_escaped_path_matches_itself(string name)
    {
        var path = UnixPath.FromText("/" + name.Replace('\0', 'x').Replace('/', 'y'));
        return path.IsRoot || GlobPattern.Alternatives(GlobPattern.Escape(path)) is [var pattern] && GlobPattern.Matches(pattern, path.Raw);
    }

    [Property]
    public bool Stars_match_as_a_regular_expression_would(string[] pieces, string name)
    {
        var literals = pieces.Select(piece => new string([.. (piece ?? "").Where(char.IsAsciiLetterOrDigit)])).ToArray();
        name = new string([.. (name ?? "").Where(char.IsAsciiLetterOrDigit)]);
        var pattern = string.Join('*', literals);
        var expression = $"^{string.Join(".*", literals)}$";
        return GlobPattern.Matches(pattern, name)
            == System.Text.RegularExpressions.Regex.IsMatch(name, expression, System.Text.RegularExpressions.RegexOptions.None, TestTimeouts.Default);
    }

    [Theory]
    [InlineData("*.env", ".h.env x.env")]
    [InlineData("**/*.env", ".h.env d/e/z.env d/y.env x.env")]
    [InlineData("d/**", "d/b.txt d/e d/y.env")]
    [InlineData("**", ".h.env a.txt d link x.env")]
    [InlineData("d*", "d")]
    [InlineData("**/[xy].env", "d/y.env x.env")]
    [InlineData("{x,d/y}.env", "d/y.env x.env")]
    [InlineData("d/*/z.env", "d/e/z.env")]
    [InlineData("**/e/**/z.env", "d/e/z.env")]
    [InlineData("link/*", "d/e/z.env")]
    [InlineData("absent/*", "")]
    [InlineData("a.txt", "a.txt")]
    [InlineData("a.txt/*", "")]
    public void A_pattern_finds_files_and_directories_through_no_link_but_those_it_names(string pattern, string expected)
    {
        foreach (var file in new[] { "x.env", "a.txt", ".h.env", "d/y.env", "d/b.txt", "d/e/z.env" })
        {
            _folder.Write(file, "");
        }

        File.CreateSymbolicLink($"{_folder.Path}/link", "d/e");
        var hits = Find($"{_folder.Path}/{pattern}").Select(hit => Path.GetRelativePath(_folder.Path, hit.ToString()));
        Assert.Equal(expected, string.Join(' ', hits.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_depth_can_be_limited()
    {
        _folder.Write("a/f", "");
        _folder.Write("a/b/f", "");
        Assert.Single(Find($"{_folder.Path}/**/f", depth: 1));
        Assert.Equal(2, Find($"{_folder.Path}/**/f", depth: 2).Count);
    }

    [Fact]
    public void A_scan_that_takes_too_long_is_refused_and_not_cut_short()
    {
        for (var i = 0; i < 10; i++)
        {
            _folder.Write($"f{i}", "");
        }

        Assert.Contains("after 9 names (sandbox.glob-scan-entries)", Refusal(entries: 9), StringComparison.Ordinal);
        Assert.Contains("more than 5 paths (sandbox.mounts)", Refusal(hits: 5), StringComparison.Ordinal);

        string Refusal(int entries = 1000, int hits = 1000) =>
            Assert.Throws<SandboxException>(() => new GlobScan(new PathResolver(), entries, null, hits).Find($"{_folder.Path}/f*")).Message;
    }

    [Fact]
    public void A_pattern_that_climbs_behind_a_wildcard_is_refused() =>
        Assert.Throws<SandboxException>(() => Find($"{_folder.Path}/*/../secret"));

    private static HashSet<UnixPath> Find(string pattern, int? depth = null) =>
        new GlobScan(new PathResolver(), maxEntries: 1000, depth, maxHits: 1000).Find(pattern);
}
