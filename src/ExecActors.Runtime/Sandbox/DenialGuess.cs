using System.Text;

namespace ExecActors.Runtime.Sandbox;

/// <summary>Guesses from a failed process's output whether its sandbox made it fail: the protocol's <c>sandboxDenied</c>.</summary>
/// <remarks>
/// The kernel tells nobody. The guess is wrong in both directions, as the reference server's is: a program may print these words for reasons of
/// its own, or say nothing of a refusal. Fed in order; a word that is cut between two pieces is found.
/// </remarks>
internal sealed class DenialGuess
{
    private static readonly byte[][] _words =
    [
        .. new[]
        {
            "Read-only file system", "Permission denied", "Operation not permitted",

            // The wrapper's own failures: a mount that went while it was made, a program that cannot be run.
            "bwrap: ", "Failed to execvp",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly int _overlap = _words.Max(word => word.Length) - 1;

    private byte[] _last = [];

    /// <summary>Whether one of the words has come.</summary>
    public bool IsDenied { get; private set; }

    /// <summary>Looks at the next piece of the output.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (IsDenied)
        {
            return;
        }

        byte[] seam = [.. _last, .. bytes[..Math.Min(bytes.Length, _overlap)]];
        IsDenied = Contains(seam) || Contains(bytes);
        _last = bytes.Length >= _overlap ? bytes[^_overlap..].ToArray() : seam[^Math.Min(seam.Length, _overlap)..];
    }

    private static bool Contains(ReadOnlySpan<byte> bytes)
    {
        foreach (var word in _words)
        {
            if (bytes.IndexOf(word) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
