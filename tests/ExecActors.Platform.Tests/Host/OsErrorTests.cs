namespace ExecActors.Platform.Tests.Host;

public sealed class OsErrorTests
{
    [Theory]
    [InlineData(2, "No such file or directory (os error 2)")]
    [InlineData(13, "Permission denied (os error 13)")]
    [InlineData(4711, "Unknown error (os error 4711)")]
    public void An_errno_is_told_by_text_and_number(int errno, string expected) => Assert.Equal(expected, OsError.Describe(errno));
}
