using System.Text;
using System.Threading.Channels;

using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sessions;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.Support;

/// <summary>Takes frames out of an outbox as a connection's graph does: it sleeps only when the outbox lets it.</summary>
internal sealed class OutboxReader
{
    private readonly Outbox _outbox;
    private readonly RequestWindow _window;
    private readonly Channel<bool> _wakes = Channel.CreateUnbounded<bool>();
    private int _owed;

    public OutboxReader(Outbox outbox, RequestWindow window)
    {
        _outbox = outbox;
        _window = window;
        outbox.OnWake(() => _wakes.Writer.TryWrite(true));
    }

    /// <summary>Whether credit goes back with every frame; else with <see cref="ReturnCredit"/>.</summary>
    public bool ReturnsCredit { get; set; } = true;

    /// <summary>Credit of the frames taken and not yet returned.</summary>
    public int OwedCredit => _owed;

    /// <summary>The next frame.</summary>
    public async Task<string> NextAsync()
    {
        string? frame;
        while (!TryTake(out frame))
        {
            if (_outbox.Closing is { } reason && _outbox.IsEmpty)
            {
                throw new InvalidOperationException($"the outbox is complete, {reason}, and no frame is left");
            }

            await SleepAsync();
        }

        return frame;
    }

    /// <summary>The next so many frames.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(int count)
    {
        var frames = new List<string>();
        while (frames.Count < count)
        {
            frames.Add(await NextAsync());
        }

        return frames;
    }

    /// <summary>What is there now, without waiting. After settling the actors: all there will be.</summary>
    public IReadOnlyList<string> Now()
    {
        var frames = new List<string>();
        while (TryTake(out var frame))
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>The reason the connection is closed with; frames before it are dropped.</summary>
    public async Task<CloseReason> CloseAsync()
    {
        while (_outbox.Closing is null)
        {
            Now();
            await SleepAsync();
        }

        return _outbox.Closing.Value;
    }

    /// <summary>The socket took what was read.</summary>
    public void ReturnCredit()
    {
        if (_owed > 0 && _outbox.CreditTarget is { } target)
        {
            target.Session.Tell(new SessionProtocol.CreditReturned(target.Epoch, _owed), Akka.Actor.ActorRefs.NoSender);
            _owed = 0;
        }
    }

    private bool TryTake(out string frame)
    {
        frame = "";
        if (!_outbox.TryTake(out var taken))
        {
            return false;
        }

        frame = Encoding.UTF8.GetString(taken.Bytes.Span);
        _outbox.Sent(taken.Bytes.Length);
        taken.Bytes.Dispose();
        _window.WakeIfBlocked();
        _owed += taken.Credit;
        if (ReturnsCredit)
        {
            ReturnCredit();
        }

        return true;
    }

    private async Task SleepAsync()
    {
        if (_outbox.TrySleep())
        {
            await _wakes.Reader.ReadAsync().AsTask().SoonAsync();
        }
    }
}
