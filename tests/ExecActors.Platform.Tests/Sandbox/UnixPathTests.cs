using FsCheck.Xunit;

namespace ExecActors.Platform.Tests;

public sealed class UnixPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("//a///b/", "/a/b")]
    [InlineData("/a/./b/.", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/...", "/a/...")]
    [InlineData("/.a/..b", "/.a/..b")]
    public void Dots_and_slashes_are_taken_out_by_name(string given, string expected) =>
        Assert.Equal(expected, UnixPath.FromText(given).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/a\0b")]
    public void What_is_no_absolute_path_is_refused(string given) => Assert.Throws<ArgumentException>(() => UnixPath.FromText(given));

    [Fact]
    public void Bytes_are_kept()
    {
        byte[] path = [(byte)'/', 0xFF, 0xC3, (byte)'/', 0x80];
        Assert.Equal(path, UnixPath.FromBytes(path).ToBytes());
    }

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/a", "/", true)]
    public void Below_goes_by_components(string path, string ancestor, bool expected) =>
        Assert.Equal(expected, UnixPath.FromText(path).IsAtOrBelow(UnixPath.FromText(ancestor)));

    [Theory]
    [InlineData("/a", "b", "/a/b")]
    [InlineData("/", "b", "/b")]
    [InlineData("/a", "/b", "/b")]
    [InlineData("/a/b", "../c", "/a/c")]
    public void A_relative_path_is_seen_from_its_directory(string directory, string relative, string expected) =>
        Assert.Equal(expected, UnixPath.FromText(directory).Combine(relative).ToString());

    [Property]
    public bool Normal_form_is_its_own_and_has_no_dots(string text)
    {
        var path = UnixPath.FromText("/" + text.Replace('\0', 'x'));
        return UnixPath.FromRaw(path.Raw) == path && !path.Raw.Split('/').Skip(1).Any(part => part is "." or ".." || (part.Length == 0 && !path.IsRoot));
    }

    [Property]
    public bool Parent_and_name_make_the_path(string text)
    {
        var path = UnixPath.FromText("/" + text.Replace('\0', 'x'));
        return path.IsRoot ? path.Parent == path : path.Parent.Child(path.Name) == path && path.IsBelow(path.Parent);
    }
}
