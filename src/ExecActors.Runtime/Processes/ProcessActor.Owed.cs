using Akka.Actor;

using static ExecActors.Runtime.Processes.ProcessProtocol;

namespace ExecActors.Runtime.Processes;

/// <content>
/// What the client may not have yet, and so must stay. Attached, that is what was not sent. A connection that ends may have swallowed what was:
/// from the live cursor back by <c>output.swallowed-bytes</c> everything is owed again, until a reader has gone past it. While owed output fills
/// the log the process waits, at most for <c>process.detached-stall</c>; then the oldest goes.
/// </content>
internal sealed partial class ProcessActor
{
    private const ulong Nothing = ulong.MaxValue;

    private ulong _owedFrom = 1; // the lowest number that the client may lack; of an attached one, when it came
    private bool _caughtUp = true; // attached: what was owed was fetched, or its time is over
    private bool _stallOver; // detached: the process has waited for a client long enough

    private ulong NeededFrom => _attachment == NotAttached
        ? _stallOver ? Nothing : _owedFrom
        : _caughtUp ? _live : Math.Min(_live, _owedFrom);

    private void OnAttach(Attach attach)
    {
        _attachment = attach.Epoch;
        _live = _log.NextSequence; // what is past is fetched with process/read
        _shownTo = _live - 1;
        _inTurn = 0;
        _lane = null;
        _stallOver = false;
        Timers.Cancel(StallOver.Instance);
        _caughtUp = _owedFrom >= _log.NextSequence;
        if (!_caughtUp)
        {
            Timers.StartSingleTimer(CatchUpOver.Instance, CatchUpOver.Instance, _environment.Settings.DetachedStall);
        }

        SettleLog();
        GrantOwed();
    }

    private void OnDetach(Detach detach)
    {
        if (detach.Epoch == _attachment)
        {
            // Cut again soon after it came, the client may lack what it came for, too.
            var swallowed = _log.BackFrom(_live, _environment.Output.SwallowedBytes);
            _owedFrom = Timers.IsTimerActive(CatchUpOver.Instance) ? Math.Min(_owedFrom, swallowed) : swallowed;
            Timers.Cancel(CatchUpOver.Instance);
            _attachment = NotAttached;
            _live = _log.NextSequence;
            _inTurn = 0;
            _lane = null;
            OnDetachedLogChanged();
            GrantOwed();
        }

        DropReads(detach.Epoch);
        ForgetIfTold();
    }

    private void OnDetachedLogChanged()
    {
        SettleLog();
        if (!_stallOver && _log.IsFull(_owedFrom) && !Timers.IsTimerActive(StallOver.Instance))
        {
            Timers.StartSingleTimer(StallOver.Instance, StallOver.Instance, _environment.Settings.DetachedStall);
        }
    }

    private void OnStallOver()
    {
        if (_attachment == NotAttached)
        {
            _stallOver = true;
            SettleLog();
            GrantOwed();
        }
    }

    // A client that has not asked by now does not ask.
    private void OnCatchUpOver()
    {
        _caughtUp = true;
        SettleLog();
        GrantOwed();
    }

    // Who asks for what follows a number has what is before it.
    private void OnConfirmed(ulong afterSeq)
    {
        if (!_caughtUp && afterSeq >= _owedFrom)
        {
            _owedFrom = Math.Min(afterSeq, _log.NextSequence - 1) + 1;
            SettleLog();
            GrantOwed();
        }
    }

    // An answer goes up to a number. When nothing is left behind it the process need not wait for a confirmation, which may never come.
    private void OnAnswered(ulong next)
    {
        if (!_caughtUp && next >= _log.NextSequence)
        {
            _caughtUp = true;
            SettleLog();
            GrantOwed();
        }
    }

    private sealed record StallOver : INoSerializationVerificationNeeded
    {
        public static StallOver Instance { get; } = new();
    }

    private sealed record CatchUpOver : INoSerializationVerificationNeeded
    {
        public static CatchUpOver Instance { get; } = new();
    }
}
