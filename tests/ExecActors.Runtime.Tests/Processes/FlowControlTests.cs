using ExecActors.Platform;
using ExecActors.Runtime.Tests.Support;

using Newtonsoft.Json.Linq;

namespace ExecActors.Runtime.Tests.Processes;

public sealed class FlowControlTests() : RuntimeTest(
    """
    execactors {
      session.credit-bytes = 128KiB
      process { lag-bytes = 64KiB, turn-bytes = 16KiB, read-ahead-bytes = 32KiB, ring-bytes = 64KiB }
    }
    """)
{
    private const int PieceBytes = 8 * 1024; // about 11 KiB as a notification: a turn is two of them

    [Fact]
    public async Task A_process_may_be_read_ahead_of_its_actor_by_a_bounded_amount()
    {
        var client = await AttachAsync();
        var child = await StartAsync(client, "p");

        Assert.Equal(32 * 1024, child.Granted(OutputStreamKind.Stdout));
        Assert.Equal(32 * 1024, child.Granted(OutputStreamKind.Stderr));
        child.Print(new byte[PieceBytes]);
        await SettledAsync(client);
        Assert.Equal((32 * 1024) + PieceBytes, child.Granted(OutputStreamKind.Stdout));
    }

    [Fact]
    public async Task A_client_that_does_not_take_its_output_stops_the_reading_of_its_process_and_loses_nothing()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var child = await StartAsync(client, "p");
        var printed = await PrintAllThatIsGrantedAsync(client, child);

        // Under way: the credit and a last frame over it; waiting: a turn, the lag and a last piece over each; what was read ahead.
        Assert.InRange(printed * PieceBytes, 64 * 1024, (128 + 16 + 64 + 32 + (4 * 8)) * 1024);
        await SettledAsync(client);
        var granted = child.Granted(OutputStreamKind.Stdout);
        await SettledAsync(client);
        Assert.Equal(granted, child.Granted(OutputStreamKind.Stdout));

        // The ring holds 64 KiB, but what the client was not sent stays: it gets every number.
        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();
        var frames = await client.Frames.NextAsync(printed);
        Assert.Equal(Enumerable.Range(1, printed), frames.Select(Sequence));
        await SettledAsync(client);
        Assert.Equal((32 * 1024) + (printed * PieceBytes), child.Granted(OutputStreamKind.Stdout));
    }

    [Fact]
    public async Task A_process_without_a_connection_is_read_on_once_it_has_waited_for_one()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var child = await StartAsync(client, "p");
        var printed = await PrintAllThatIsGrantedAsync(client, child);

        client.Leave();
        await SettledAsync(client);
        Clock.Advance(Settings.Process.DetachedStall);
        await SettledAsync(client);
        Assert.Equal((32 * 1024) + (printed * PieceBytes), child.Granted(OutputStreamKind.Stdout));
        for (var i = 0; i < 100; i++)
        {
            child.Print(new byte[PieceBytes]);
        }

        await SettledAsync(client);
        Assert.Equal((32 * 1024) + ((printed + 100) * PieceBytes), child.Granted(OutputStreamKind.Stdout));
    }

    [Fact]
    public async Task Answers_pass_while_output_waits_for_credit()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var child = await StartAsync(client, "p");
        await PrintAllThatIsGrantedAsync(client, child);
        client.Frames.Now();

        Assert.Equal(Wire.Ready(2), await client.AskAsync(Wire.Status(2)));
        Assert.Equal(Wire.TerminateResult(3, running: true), await client.AskAsync(Wire.Terminate(3, "p")));
    }

    [Fact]
    public async Task Loud_processes_share_the_credit_and_a_small_one_waits_for_one_turn_of_each()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var loud = new[] { await StartAsync(client, "a"), await StartAsync(client, "b") };
        var small = await StartAsync(client, "small");
        await PrintAllThatIsGrantedAsync(client, loud[0]); // takes all the credit before the other begins
        await PrintAllThatIsGrantedAsync(client, loud[1]);
        client.Frames.Now();
        small.Print("here");
        await SettledAsync(client);

        // One frame leaves at a time and its credit comes back: from here on the processes take turns.
        var order = new List<string>();
        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();
        while (order.Count < 80)
        {
            var frame = await client.Frames.NextAsync();
            order.Add((string)JObject.Parse(frame)["params"]!["processId"]!);
            await SettledAsync(client); // both have handed over their next turn: a client is never faster than that for long
            await PrintAllThatIsGrantedAsync(client, loud[0]);
            await PrintAllThatIsGrantedAsync(client, loud[1]);
        }

        // The credit that came back at once may have gone to whoever was first; what comes after it is shared.
        var shares = order.Skip(20).CountBy(id => id, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        Assert.InRange(order.IndexOf("small"), 0, 4);
        Assert.InRange(shares["a"], shares["b"] / 2.0, shares["b"] * 2.0);
    }

    [Fact]
    public async Task A_closed_process_is_not_forgotten_before_an_attached_client_was_told_everything()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var child = await StartAsync(client, "p");
        var printed = await PrintAllThatIsGrantedAsync(client, child);
        child.Finish(0);
        await SettledAsync(client);

        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);
        client.Frames.ReturnsCredit = true;
        client.Frames.ReturnCredit();

        var frames = await client.Frames.NextAsync(printed + 2);
        Assert.Equal(Enumerable.Range(1, printed + 2), frames.Select(Sequence));
        await SettledAsync(client);
        Assert.Equal(Wire.Error(2, -32600, "unknown process id p"), await client.AskAsync(Wire.Read(2, "p")));
    }

    [Fact]
    public async Task A_closed_process_that_waits_for_its_client_is_forgotten_when_the_client_leaves()
    {
        var client = await AttachAsync();
        client.Frames.ReturnsCredit = false;
        var child = await StartAsync(client, "p");
        await PrintAllThatIsGrantedAsync(client, child);
        child.Finish(0);
        await SettledAsync(client);
        Clock.Advance(Settings.Process.Linger);
        await SettledAsync(client);

        client.Leave();
        var next = await NewClient().AttachAsync(resume: client.SessionId);
        await SettledAsync(next);

        Assert.Equal(Wire.Error(2, -32600, "unknown process id p"), await next.AskAsync(Wire.Read(2, "p")));
    }

    /// <summary>Prints as the reactor would read: while there is credit. Returns the number of pieces.</summary>
    private async Task<int> PrintAllThatIsGrantedAsync(TestClient client, FakeChild child)
    {
        var pieces = 0;
        while (child.Granted(OutputStreamKind.Stdout) > child.Printed)
        {
            child.Print(new byte[PieceBytes]);
            pieces++;
            await SettledAsync(client);
        }

        return pieces;
    }

    private static int Sequence(string notification) => (int)JObject.Parse(notification)["params"]!["seq"]!;
}
