using System.Text;

using ExecActors.Runtime.Sandbox;

using FsCheck.Xunit;

namespace ExecActors.Runtime.Tests.Sandbox;

public sealed class DenialGuessTests
{
    [Theory]
    [InlineData("x: Permission denied", 1, true)]
    [InlineData("PERMISSION DENIED", 126, true)]
    [InlineData("Operation not permitted", 1, true)]
    [InlineData("Read-only file system", 1, true)]
    [InlineData("failed to write file", 1, true)]
    [InlineData("blocked by seccomp", 1, true)]
    [InlineData("the sandbox", 1, true)]
    [InlineData("landlock", 1, true)]
    [InlineData("Permission denied", 0, false)]
    [InlineData("Permission\ndenied", 1, false)]
    [InlineData("EACCES", 1, false)]
    [InlineData("", 1, false)]
    [InlineData("", 137, false)]
    [InlineData("", 159, true)] // SIGSYS
    [InlineData("Failed to execvp x: No such file or directory", 101, true)]
    [InlineData("bwrap: execvp x: No such file or directory", 101, true)]
    [InlineData("bwrap: x", 1, false)]
    public void What_a_program_said_and_how_it_ended_make_the_guess(string output, int exitCode, bool denied)
    {
        var guess = new DenialGuess(exitCode);
        guess.Feed(Encoding.UTF8.GetBytes(output));
        Assert.Equal(denied, guess.IsDenied);
    }

    [Property]
    public bool A_word_is_found_however_the_output_is_cut(byte[] before, byte[] after, byte[] cuts)
    {
        byte[] all = [.. before, .. "Read-only file system"u8, .. after];
        var guess = new DenialGuess(exitCode: 1);
        var rest = all.AsSpan();
        foreach (var cut in cuts)
        {
            var length = Math.Min(cut % 8, rest.Length);
            guess.Feed(rest[..length]);
            rest = rest[length..];
        }

        guess.Feed(rest);
        return guess.IsDenied;
    }
}
