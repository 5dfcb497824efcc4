namespace ExecActors.Integration.Tests.Wire.Files;

/// <summary><c>fs/remove</c>.</summary>
public sealed class FileRemoveTests(ServerFixture fixture) : WireTests(fixture), IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("a.txt", "", "{}")]
    [InlineData("a.txt", ""","recursive":false,"force":false""", "{}")]
    [InlineData("a.txt/", "", "{}")]
    [InlineData("fifo", "", "{}")]
    [InlineData("empty", ""","recursive":false""", "{}")]
    [InlineData("d", "", "{}")]
    [InlineData("d", ""","recursive":null,"force":null""", "{}")]
    [InlineData("d", ""","recursive":false""", "-32603 Directory not empty (os error 39)")]
    [InlineData("nope", "", "{}")]
    [InlineData("nope", ""","recursive":false""", "{}")]
    [InlineData("nope", ""","force":false""", "-32004 No such file or directory (os error 2)")]
    [InlineData("nope/x", "", "{}")]
    [InlineData("a.txt/x", "", "-32603 Not a directory (os error 20)")]
    [InlineData("a.txt", ""","followSymlinks":false""", "-32603 recursive no-follow removal is unsupported")]
    [InlineData("nope", ""","followSymlinks":false""", "-32603 recursive no-follow removal is unsupported")]
    [InlineData("a.txt", ""","followSymlinks":false,"recursive":false""", "{}")]
    [InlineData("empty", ""","followSymlinks":false,"recursive":false""", "{}")]
    [InlineData("nope", ""","followSymlinks":false,"recursive":false""", "{}")]
    [InlineData("nope", ""","followSymlinks":false,"recursive":false,"force":false""", "-32004 No such file or directory (os error 2)")]
    public async Task A_path_is_gone_or_the_removal_refused(string name, string options, string outcome)
    {
        Tree.File("a.txt").Fifo("fifo").Directory("empty").File("d/sub/x").File("d/y");
        await ExpectAsync("fs/remove", $$"""{"path":"file://ROOT/{{name}}"{{options}}}""", outcome);
        Assert.Equal(outcome != "{}" && !name.StartsWith("nope", StringComparison.Ordinal) && name != "a.txt/x", Tree.Has(name.TrimEnd('/')));
    }

    [Theory]
    [InlineData("link", "")]
    [InlineData("dlink", "")]
    [InlineData("dlink/", "")]
    [InlineData("broken", ""","force":false""")]
    [InlineData("loop", ""","force":false""")]
    [InlineData("dlink", ""","recursive":false""")]
    public async Task A_link_goes_and_its_target_stays(string name, string options)
    {
        Tree.File("a.txt").Link("link", "a.txt").File("d/x").Link("dlink", "d").Link("broken", "nowhere").Link("loop", "loop");
        await ExpectAsync("fs/remove", $$"""{"path":"file://ROOT/{{name}}"{{options}}}""", "{}");
        Assert.False(Tree.Has(name.TrimEnd('/')));
        Assert.Equal((true, true), (Tree.Has("a.txt"), Tree.Has("d/x")));
    }

    [Fact]
    public async Task Links_inside_a_folder_go_and_what_they_lead_to_stays()
    {
        Tree.File("out/x").File("d/sub/y").Link("d/away", "../out").Link("d/sub/up", "..").Link("d/file", "../out/x");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/d"}""", "{}");
        Assert.Equal(["out"], Tree.Names());
        Assert.Equal(["x"], Tree.Names("out"));
    }

    [Fact]
    public async Task A_link_above_the_path_is_followed_unless_that_is_not_wanted()
    {
        Tree.File("d/x").File("d/y").Link("dlink", "d");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/dlink/x"}""", "{}");
        await ExpectAsync("fs/remove", """{"path":"file://ROOT/dlink/y","followSymlinks":false,"recursive":false}""", "-32603 Not a directory (os error 20)");
        Assert.Equal(["y"], Tree.Names("d"));
    }

    [Fact]
    public async Task A_deep_and_wide_folder_goes_at_once()
    {
        for (var i = 0; i < 40; i++)
        {
            Tree.File($"d/{string.Join('/', Enumerable.Repeat("x", i + 1))}/f{i}");
        }

        await ExpectAsync("fs/remove", """{"path":"file://ROOT/d"}""", "{}");
        Assert.Empty(Tree.Names());
    }

    [Fact]
    public async Task What_the_system_does_not_permit_is_an_invalid_request() =>
        await ExpectAsync("fs/remove", """{"path":"file:///proc/version"}""", "-32600 Operation not permitted (os error 1)");
}
