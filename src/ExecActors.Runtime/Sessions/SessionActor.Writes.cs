using Akka.Actor;

using ExecActors.Runtime.Frames;

namespace ExecActors.Runtime.Sessions;

/// <content>
/// Writes that outlive their connection: the client repeats them, with the same ids, after it came back, and until then the processes keep them. They
/// count in the window of each later connection, or a client that comes back again and again could have more of them held each time.
/// </content>
internal sealed partial class SessionActor
{
    private readonly Dictionary<(long Epoch, long Ticket), KeptWrite> _kept = [];

    private void KeepWrites(Attachment ended)
    {
        foreach (var (ticket, weight, owner) in ended.Answers.Outliving())
        {
            _kept.Add((ended.Epoch, ticket), new KeptWrite(weight, owner));
        }
    }

    // Its answer has come too late, but it holds nothing any more.
    private void SettleKept(in RequestRef request)
    {
        if (_kept.Remove((request.Epoch, request.Ticket), out var write))
        {
            _attached?.Window.Settle(requests: 0, write.Weight);
        }
    }

    // A process that is gone answers no more.
    private void DropKept(IActorRef owner)
    {
        if (_kept.Count == 0)
        {
            return; // as nearly always, and every process that ends comes by
        }

        var gone = _kept.Where(entry => entry.Value.Owner.Equals(owner)).ToList();
        gone.ForEach(entry => _kept.Remove(entry.Key));
        _attached?.Window.Settle(requests: 0, gone.Sum(entry => (long)entry.Value.Weight));
    }

    private readonly record struct KeptWrite(int Weight, IActorRef Owner);
}
