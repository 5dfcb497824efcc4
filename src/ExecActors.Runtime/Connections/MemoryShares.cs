using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Connections;

/// <summary>What each principal may take of the server's memory for long messages and large answers.</summary>
/// <remarks>
/// Plain state of the connection supervisor. A share is kept until its principal has no connection and nothing of it is taken: input that waits for a
/// program outlives the connection it came by, and whoever comes again has not left it behind.
/// </remarks>
/// <param name="settings">How much a principal may take.</param>
/// <param name="room">Memory for the long messages of all.</param>
internal sealed class MemoryShares(ExecServerSettings settings, MessageRoom room)
{
    private readonly ByteBudget _answers = new(settings.Memory.AnswerBytes);
    private readonly Dictionary<string, Share> _shares = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left = new(StringComparer.Ordinal); // of principals without a connection

    /// <summary>How many principals have one.</summary>
    public int Count => _shares.Count;

    /// <summary>A connection of this principal has come.</summary>
    public Share Enter(Principal principal)
    {
        if (!_shares.TryGetValue(principal.Share, out var share))
        {
            var memory = settings.Memory;
            share = new Share(
                new ByteBudget(memory.AnswerBytesPerPrincipal, _answers),
                new ByteBudget(Math.Max(memory.MessageBytesPerPrincipal, settings.Limits.MessageBytes), room.Budget));
            _shares.Add(principal.Share, share);
        }

        share.Connections++;
        _left.Remove(principal.Share);
        return share;
    }

    /// <summary>It has gone.</summary>
    public void Leave(Principal principal)
    {
        if (_shares.TryGetValue(principal.Share, out var share) && --share.Connections == 0)
        {
            _left.Add(principal.Share);
        }

        ForgetUnused();
    }

    // Looked at when a connection ends. There are few: each has at least one long message or large answer of a bounded whole.
    private void ForgetUnused()
    {
        foreach (var name in _left)
        {
            if (_shares[name] is { Answers.Taken: 0, Messages.Taken: 0 })
            {
                _shares.Remove(name);
                _left.Remove(name);
            }
        }
    }

    /// <summary>Of one principal.</summary>
    /// <param name="Answers">For large answers.</param>
    /// <param name="Messages">For long messages.</param>
    public sealed record Share(ByteBudget Answers, ByteBudget Messages)
    {
        /// <summary>How many connections it has.</summary>
        public int Connections { get; set; }
    }
}
