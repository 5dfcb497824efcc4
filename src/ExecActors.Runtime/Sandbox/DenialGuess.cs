using System.Buffers;
using System.Text;

namespace ExecActors.Runtime.Sandbox;

/// <summary>Guesses from how a program ended and what it printed whether its sandbox made it fail: the protocol's <c>sandboxDenied</c>.</summary>
/// <remarks>
/// The kernel tells nobody. The guess is wrong in both directions, as the reference server's is: a program may print these words for reasons of
/// its own, or say nothing of a refusal. Output is fed in order; a word that is cut between two pieces is found.
/// </remarks>
internal sealed class DenialGuess
{
    /// <summary>What the kernel kills a program with for a call that a filter does not even answer.</summary>
    private const int BadSystemCallExitCode = 128 + 31;

    /// <summary>A sandboxed program that could not be run.</summary>
    private const int NotRunExitCode = 101;

    // What the reference server looks for.
    private static readonly string[] _ofPrograms =
        ["operation not permitted", "permission denied", "read-only file system", "failed to write file", "sandbox", "seccomp", "landlock"];

    private static readonly SearchValues<string> _words = SearchValues.Create(_ofPrograms, StringComparison.OrdinalIgnoreCase);

    // What stands before the words of the wrapper itself.
    private static readonly SearchValues<string> _wordsOfWrapper =
        SearchValues.Create([.. _ofPrograms, "bwrap: ", "Failed to execvp"], StringComparison.OrdinalIgnoreCase);

    private static readonly int _overlap = _ofPrograms.Max(word => word.Length) - 1;

    private readonly SearchValues<string> _wanted;
    private readonly bool _canBe;
    private char[] _last = [];

    /// <summary>About a program that ended with this code.</summary>
    public DenialGuess(int exitCode)
    {
        _canBe = exitCode != 0;
        IsDenied = exitCode == BadSystemCallExitCode;
        _wanted = exitCode == NotRunExitCode ? _wordsOfWrapper : _words;
    }

    /// <summary>The guess by what came so far.</summary>
    public bool IsDenied { get; private set; }

    /// <summary>Whether further output could change it.</summary>
    public bool IsOpen => _canBe && !IsDenied;

    /// <summary>Looks at the next piece of the output.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (!IsOpen)
        {
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(_last.Length + bytes.Length);
        _last.CopyTo(text, 0);
        var length = _last.Length + Encoding.Latin1.GetChars(bytes, text.AsSpan(_last.Length));
        IsDenied = text.AsSpan(0, length).ContainsAny(_wanted);
        _last = text.AsSpan(Math.Max(0, length - _overlap), Math.Min(length, _overlap)).ToArray();
        ArrayPool<char>.Shared.Return(text);
    }
}
