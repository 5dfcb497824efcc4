using System.Collections.Concurrent;
using ExecActors.Client.Connections;
using ExecActors.Protocol;

namespace ExecActors.Client.Processes;

/// <summary>The processes whose events are awaited, by id. Adding and removing from any thread; the rest from the connection's reader.</summary>
internal sealed class ProcessTable(ReadGate gate)
{
    private readonly ConcurrentDictionary<string, ProcessInbox> _inboxes = new(StringComparer.Ordinal);
    private volatile Func<string, Exception>? _loss;

    /// <summary>Awaits the events of a process; to be called before the process is asked for, since they may come before the answer.</summary>
    public ProcessInbox Add(string processId)
    {
        var inbox = new ProcessInbox(processId, gate);
        _inboxes[processId] = inbox;
        if (_loss is { } loss)
        {
            inbox.Fail(loss(processId));
        }

        return inbox;
    }

    /// <summary>Awaits nothing any more from a process; what still comes is passed over.</summary>
    public void Remove(string processId)
    {
        if (_inboxes.TryRemove(processId, out var inbox))
        {
            inbox.Discard();
        }
    }

    /// <summary>Takes a notification; unknown ones, and those of processes that nobody knows, are passed over.</summary>
    /// <returns>The process whose output grew, if one did.</returns>
    /// <exception cref="IOException">The params are not of the protocol's shape.</exception>
    public ProcessInbox? Handle(WireMethod method, ReadOnlyMemory<byte> parameters)
    {
        if (!ProcessEvent.TryRead(method, parameters, out var processId, out var read) || !_inboxes.TryGetValue(processId, out var inbox))
        {
            return null;
        }

        inbox.Accept(read);
        if (inbox.IsClosed)
        {
            _inboxes.TryRemove(processId, out _);
        }

        return inbox;
    }

    /// <summary>Drops all output, queued and to come, so that the reader is held up by none.</summary>
    public void DiscardAll()
    {
        foreach (var inbox in _inboxes.Values)
        {
            inbox.Discard();
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void FailAll(Func<string, Exception> failure)
    {
        _loss = failure;
        foreach (var (id, inbox) in _inboxes)
        {
            inbox.Fail(failure(id));
        }

        _inboxes.Clear();
    }
}
