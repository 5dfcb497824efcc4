using System.Text;
using FsCheck;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Paths;

public sealed class PathUriTests
{
    [Theory]
    [InlineData("file:///tmp", "/tmp")]
    [InlineData("FILE:///tmp", "/tmp")]
    [InlineData("file:/tmp", "/tmp")]
    [InlineData("file:tmp", "/tmp")]
    [InlineData("file:", "/")]
    [InlineData("file://", "/")]
    [InlineData("file:///", "/")]
    [InlineData("file:////", "/")]
    [InlineData("file:////tmp", "/tmp")]
    [InlineData("file:///tmp/", "/tmp")]
    [InlineData("file:///tmp//", "/tmp")]
    [InlineData("file:///tmp/.", "/tmp")]
    [InlineData("file:///tmp/..", "/")]
    [InlineData("file:///..", "/")]
    [InlineData("file:///../../tmp", "/tmp")]
    [InlineData("file:./tmp", "/tmp")]
    [InlineData("file:///tmp/../etc", "/etc")]
    [InlineData("file:///tmp/./x/../y", "/tmp/y")]
    [InlineData("file:///tmp/%2e%2E/etc", "/etc")]
    [InlineData("file:///tmp/.%2e/etc", "/etc")]
    [InlineData("file:///tmp/...", "/tmp/...")]
    [InlineData("file:///tmp/a//..", "/tmp/a")]
    [InlineData("file:///tmp/a%2F..%2F..%2Fetc", "/etc")]
    [InlineData("file:///tmp/%2F..", "/")]
    [InlineData("file:///tmp/d%2Fb.txt", "/tmp/d/b.txt")]
    [InlineData("file:///tmp%2f%2f", "/tmp")]
    [InlineData("file://localhost/tmp", "/tmp")]
    [InlineData("file://LOCALHOST/tmp", "/tmp")]
    [InlineData("file://local%68ost/tmp", "/tmp")]
    [InlineData("file://localhost", "/")]
    [InlineData("file:\\tmp", "/tmp")]
    [InlineData("file:///tmp\\..\\etc", "/etc")]
    [InlineData("file:///tmp/%5C..", "/tmp/\\..")]
    [InlineData(" \u0001file:///tmp \0", "/tmp")]
    [InlineData("\tfi\nle:///t\rmp", "/tmp")]
    [InlineData("file:///%74mp", "/tmp")]
    [InlineData("file:///%zz", "/%zz")]
    [InlineData("file:///a%2", "/a%2")]
    [InlineData("file:///a b", "/a b")]
    [InlineData("file:///a\u0001b", "/a\u0001b")]
    [InlineData("file:///tmp%3Fx%23y%25z", "/tmp?x#y%z")]
    [InlineData("file:///é/%c3%a9/😀", "/é/é/😀")]
    [InlineData("file:///CC:/x", "/CC:/x")]
    [InlineData("file:///x/C:/y", "/x/C:/y")]
    [InlineData("file:///C:x", "/C:x")]
    [InlineData("file:///c|/x", "/c|/x")]
    [InlineData("file:///%43:/y", "/C:/y")]
    [InlineData("/tmp", "/tmp")]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("//host//x/", "/host/x")]
    [InlineData("/a/../../b/./c", "/b/c")]
    [InlineData("/a%20b?c#d\\e", "/a%20b?c#d\\e")]
    [InlineData("/C:/x ", "/C:/x ")]
    public void A_path_is_found(string uri, string path)
    {
        Assert.True(PathUri.TryParse(uri, PathRole.Cwd, out var native, out var error), error.Message);
        Assert.Equal(path, Encoding.UTF8.GetString(native));
    }

    [Theory]
    [InlineData("", "invalid URI: relative URL without a base")]
    [InlineData("tmp", "invalid URI: relative URL without a base")]
    [InlineData(".", "invalid URI: relative URL without a base")]
    [InlineData("\\tmp", "invalid URI: relative URL without a base")]
    [InlineData("file", "invalid URI: relative URL without a base")]
    [InlineData("://tmp", "invalid URI: relative URL without a base")]
    [InlineData("1file:///tmp", "invalid URI: relative URL without a base")]
    [InlineData("fi le:///tmp", "invalid URI: relative URL without a base")]
    [InlineData("http://x/tmp", "unsupported path URI scheme `http`")]
    [InlineData("HTTP://x", "unsupported path URI scheme `http`")]
    [InlineData("C:/x", "unsupported path URI scheme `c`")]
    [InlineData("c:\\x", "unsupported path URI scheme `c`")]
    [InlineData("file:///tmp?x=1", "query parameters are not allowed in path URIs")]
    [InlineData("file:///tmp?", "query parameters are not allowed in path URIs")]
    [InlineData("file:///tmp?x#y", "query parameters are not allowed in path URIs")]
    [InlineData("file:?x", "query parameters are not allowed in path URIs")]
    [InlineData("file://host/x?y", "query parameters are not allowed in path URIs")]
    [InlineData("file:///tmp#f", "fragments are not allowed in path URIs")]
    [InlineData("file:#x", "fragments are not allowed in path URIs")]
    [InlineData("file:///a%00", "'file:///a%00' is invalid on 'linux'")]
    [InlineData("file://host/%00", "'file://host/%00' is invalid on 'linux'")]
    [InlineData("file:///C:/%00", "'file:///C:/%00' is invalid on 'linux'")]
    [InlineData("file:///a\0b", "'file:///a%00b' is invalid on 'linux'")]
    [InlineData("/a\0b", "'/a\\0b' is invalid on 'linux'")]
    [InlineData("file://h:80/x", "invalid URI: invalid international domain name")]
    [InlineData("file://user@localhost/tmp", "invalid URI: invalid international domain name")]
    [InlineData("file://bad host/tmp", "invalid URI: invalid international domain name")]
    [InlineData("file://a%/tmp", "invalid URI: invalid international domain name")]
    [InlineData("file://[::1/tmp", "invalid URI: invalid international domain name")]
    public void A_text_that_is_no_path_URI_is_refused_for_any_role(string uri, string message)
    {
        foreach (var role in Enum.GetValues<PathRole>())
        {
            Assert.False(PathUri.TryParse(uri, role, out _, out var error));
            Assert.Equal(new RpcError(ErrorCodes.InvalidParams, message), error);
        }
    }

    [Theory]
    [InlineData("file://host/x", "file://host/x")]
    [InlineData("file://HOST", "file://host/")]
    [InlineData("file://127.0.0.1/tmp", "file://127.0.0.1/tmp")]
    [InlineData("file://[::1]/tmp", "file://[::1]/tmp")]
    [InlineData("file://../tmp", "file://../tmp")]
    [InlineData("file:///C:/x", "file:///C:/x")]
    [InlineData("file:///C:", "file:///C:")]
    [InlineData("file:///C%3A/x", "file:///C%3A/x")]
    [InlineData("file:C:/x", "file:///C:/x")]
    [InlineData("file:///C:/..", "file:///C:/")]
    [InlineData("file:///C:/../x", "file:///C:/x")]
    [InlineData("file:///x/../C:/y z", "file:///C:/y%20z")]
    [InlineData("file:////C:/y", "file:///C:/y")]
    [InlineData("file://C:/y", "file:///C:/y")]
    [InlineData("file://c|/y", "file:///C:/y")]
    public void A_path_of_another_platform_is_refused_by_role(string uri, string shown)
    {
        Assert.False(PathUri.TryParse(uri, PathRole.Cwd, out _, out var cwd));
        Assert.False(PathUri.TryParse(uri, out _, out var file));

        Assert.Equal(new RpcError(-32602, $"cwd URI `{shown}` is not valid on this exec-server host: '{shown}' is invalid on 'linux'"), cwd);
        Assert.Equal(new RpcError(-32600, $"'{shown}' is invalid on 'linux'"), file);
    }

    [Theory]
    [InlineData("/", "file:///")]
    [InlineData("/tmp/a b", "file:///tmp/a%20b")]
    [InlineData("/100%", "file:///100%25")]
    [InlineData("/é", "file:///%C3%A9")]
    [InlineData("/!$&'()*+,-.:;=@[]^_|~", "file:///!$&'()*+,-.:;=@[]^_|~")]
    [InlineData("/\u0001\u007f\"#<>?\\`{}", "file:///%01%7F%22%23%3C%3E%3F%5C%60%7B%7D")]
    [InlineData("/C:/x", "file:///%43:/x")]
    public void A_native_path_has_a_URI(string path, string uri) => Assert.Equal(uri, PathUri.FromNative(Wire.Utf8(path)));

    [Fact]
    public void Bytes_that_are_not_UTF_8_travel_encoded()
    {
        byte[] path = [(byte)'/', 0xFF, 0xC3];

        Assert.Equal("file:///%FF%C3", PathUri.FromNative(path));
        Assert.True(PathUri.TryParse("file:///%FF%C3", out var native, out _));
        Assert.Equal(path, native);
    }

    [Fact]
    public void Only_an_absolute_path_has_a_URI() => Assert.Throws<ArgumentException>(() => PathUri.FromNative("tmp"u8));

    [Property(MaxTest = 1000)]
    public void A_normal_path_comes_back_from_its_URI(byte[] noise)
    {
        var path = Normal([.. noise.Select(b => b % 5 == 0 ? "/.:CA"u8[b / 5 % 5] : b)]);

        Assert.True(PathUri.TryParse(PathUri.FromNative(path), out var native, out var error), error.Message);
        Assert.Equal(path, native);
    }

    [Property(MaxTest = 2000)]
    public void What_is_accepted_is_absolute_and_normal(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        string[] parts = ["/", "/", "\\", ".", "..", "%2e", "%2F", "%00", "%", "C:", "|", "a", "é", " ", "\t", "localhost", "?", "#", "\0", "%FF", "://", "file:"];
        var uri = (random.Next(3) == 0 ? "" : "file:") + string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => parts[random.Next(parts.Length)]));

        foreach (var role in Enum.GetValues<PathRole>())
        {
            if (PathUri.TryParse(uri, role, out var native, out var error))
            {
                Assert.Equal(Normal(native), native);
                Assert.DoesNotContain((byte)0, native);
            }
            else
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Property(MaxTest = 5000)]
    public void A_URI_names_what_a_naive_reading_names(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        string[] parts = ["a", "b.txt", "", ".", "..", "...", "%2e", ".%2E", "%2e%2e", "a%2Fb", "%2F..", "..%2F", "a%2f..%2f..%2fc", "%00", "é", "%C3%A9", "%zz", "%25", "%252e"];
        var segments = Enumerable.Range(0, random.Next(7)).Select(_ => parts[random.Next(parts.Length)]).ToArray();
        var uri = "file:///" + string.Join('/', segments);

        var isPath = PathUri.TryParse(uri, out var native, out var error);

        if (Naive(segments) is { } path)
        {
            Assert.True(isPath, error.Message);
            Assert.Equal(path, Encoding.UTF8.GetString(native!));
        }
        else
        {
            Assert.Equal((false, ErrorCodes.InvalidParams), (isPath, error.Code));
        }
    }

    [Fact]
    public async Task Long_paths_are_read_soon()
    {
        var up = "file:///" + string.Concat(Enumerable.Repeat("a/%2e%2e/", 1_000_000));
        var down = "file:" + string.Concat(Enumerable.Repeat("/a/./%2F", 1_000_000));

        Assert.True(await Bounded.RunAsync(() => PathUri.TryParse(up, out _, out _)));
        Assert.True(await Bounded.RunAsync(() => PathUri.TryParse(down, out _, out _)));
    }

    /// <summary>Dots go before escapes are resolved, and those that escapes brought forth go after, where empty segments count for nothing.</summary>
    /// <returns>Null when a NUL is left in between.</returns>
    private static string? Naive(string[] segments)
    {
        var isDot = (string segment) => segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
        var decoded = string.Join('/', Climbed(segments, isDot).Select(Uri.UnescapeDataString));
        return decoded.Contains('\0', StringComparison.Ordinal)
            ? null
            : "/" + string.Join('/', Climbed(decoded.Split('/', StringSplitOptions.RemoveEmptyEntries), segment => segment));
    }

    private static IEnumerable<string> Climbed(string[] segments, Func<string, string> spelling)
    {
        var path = new Stack<string>();
        foreach (var segment in segments)
        {
            if (spelling(segment) is "..")
            {
                path.TryPop(out _);
            }
            else if (spelling(segment) is not ".")
            {
                path.Push(segment);
            }
        }

        return path.Reverse();
    }

    /// <summary>The path without empty segments, dot segments and NUL.</summary>
    private static byte[] Normal(byte[] path)
    {
        var segments = Encoding.Latin1.GetString(path).Replace("\0", "0", StringComparison.Ordinal).Split('/');
        return Encoding.Latin1.GetBytes("/" + string.Join('/', segments.Where(segment => segment is not ("" or "." or ".."))));
    }
}
