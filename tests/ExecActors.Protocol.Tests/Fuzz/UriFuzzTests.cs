using System.Text;

namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>Any text as a path or URL: refused with words, or accepted in a form that means the same when it is read again.</summary>
public sealed class UriFuzzTests
{
    [Fact]
    public Task A_path_that_is_accepted_is_absolute_clean_and_the_same_again() => FuzzTarget.RunAsync(nameof(UriFuzzTests), "uris.txt", slice: 40_000, input =>
    {
        var text = Encoding.UTF8.GetString(input);
        foreach (var role in Enum.GetValues<PathRole>())
        {
            var accepted = PathUri.TryParse(text, role, out var path, out var error);
            Assert.Equal(accepted, string.IsNullOrEmpty(error.Message));
            if (accepted)
            {
                AssertClean(path!);
                Assert.True(PathUri.TryParse(PathUri.FromNative(path), role, out var again, out error), error.Message);
                Assert.Equal(path, again);
            }
        }

        AssertUrl(text);
    });

    private static void AssertClean(byte[] path)
    {
        Assert.Equal((byte)'/', path[0]);
        Assert.DoesNotContain((byte)0, path);
        if (path.Length > 1)
        {
            var segments = Encoding.Latin1.GetString(path, 1, path.Length - 1).Split('/');
            Assert.DoesNotContain(segments, segment => segment is "" or "." or "..");
        }
    }

    private static void AssertUrl(string text)
    {
        var accepted = HttpUrl.TryParse(text, out var url, out var error);
        Assert.Equal(accepted, string.IsNullOrEmpty(error.Message));
        if (accepted)
        {
            var normal = url!.Origin + url.PathAndQuery + url.Fragment;
            Assert.DoesNotContain(normal, character => character is <= ' ' or '\u007f');
            Assert.True(HttpUrl.TryParse(normal, out var again, out error), error.Message);
            Assert.Equal(normal, again!.Origin + again.PathAndQuery + again.Fragment);
        }
    }
}
