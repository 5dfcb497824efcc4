using ExecActors.Platform;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.Frames;

public sealed class RequestReserveTests : IDisposable
{
    private const int SmallBytes = 300;

    private static readonly LimitSettings _limits = ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits with
    {
        WaitingRequests = 10,
        ParkedBytes = 10 * SmallBytes,
        ReserveBytes = 4 * RequestReserve.LeastBytes,
    };

    private readonly Outbox _outbox = new();
    private readonly RequestWindow _window;
    private readonly RequestReserve _reserve;

    public RequestReserveTests()
    {
        _window = new RequestWindow(_limits, _outbox);
        _reserve = new RequestReserve(_limits, _window);
    }

    public static TheoryData<string> Control =>
    [
        Wire.Terminate(1, "p"), Wire.Signal(1, "p"), Cancel(1, "r"), Wire.Status(1), """{"id":1,"method":"environment/info"}""", Wire.Initialize(1),
        Wire.Initialized, """{"id":1,"result":{}}""", "no json", """{"id":1,"method":"no/such"}""", """{"id":1,"method":"process/terminate"}""",
    ];

    public void Dispose() => _reserve.Dispose();

    [Theory]
    [MemberData(nameof(Control))]
    public void What_ends_something_or_is_answered_at_once_passes_whatever_its_size_and_however_many_answers_are_not_taken(string json)
    {
        _outbox.Offer(ByteLease.CopyOf(new byte[_limits.ParkedBytes]));
        Keep(BigWrite(2, "p"));

        Assert.True(_reserve.TryPass(Wire.Decode(json.Replace("{\"id\"", $"{{{new string(' ', SmallBytes)}\"id\"", StringComparison.Ordinal))));
    }

    [Fact]
    public void Other_requests_pass_if_they_are_small_and_answers_are_taken()
    {
        Assert.True(TryPass(Wire.Read(1, "p", ",\"waitMs\":9")));
        Assert.True(TryPass(Wire.Start(1, "p")));
        Assert.False(TryPass(BigWrite(1, "p")));
        Assert.False(TryPass(Wire.Start(1, "p", $",\"x\":\"{new string('x', SmallBytes)}\"")));

        _outbox.Offer(ByteLease.CopyOf(new byte[_limits.ParkedBytes]));
        Assert.False(TryPass(Wire.Read(1, "p")));
    }

    [Fact]
    public void Requests_that_have_to_do_with_each_other_keep_their_order()
    {
        Keep(BigWrite(1, "p"), File(2, "a", SmallBytes), Http(3, "r", SmallBytes));

        Assert.False(TryPass(Wire.Write(4, "p", "x", "w")));
        Assert.False(TryPass(Wire.Start(4, "p")));
        Assert.False(TryPass(File(4, "b", 0)));
        Assert.False(TryPass(Http(4, "r", 0)));
        Assert.False(TryPass(Cancel(4, "r"))); // it would cancel nothing, and then the request is made

        Assert.True(TryPass(Wire.Write(4, "q", "x", "w")));
        Assert.True(TryPass(Wire.Start(4, "q")));
        Assert.True(TryPass(Http(4, "s", 0)));
        Assert.True(TryPass(Cancel(4, "s")));
    }

    [Fact]
    public void An_end_and_a_look_overtake_what_is_to_be_written_and_neither_overtakes_the_start()
    {
        Keep(BigWrite(1, "p"));
        Assert.True(TryPass(Wire.Terminate(2, "p")));
        Assert.True(TryPass(Wire.Signal(2, "p")));
        Assert.True(TryPass(Wire.Read(2, "p")));

        Keep(Wire.Start(3, "p"));
        Assert.False(TryPass(Wire.Terminate(4, "p")));
        Assert.False(TryPass(Wire.Signal(4, "p")));
        Assert.False(TryPass(Wire.Read(4, "p")));
    }

    [Fact]
    public void What_is_kept_back_comes_in_order_and_an_end_as_soon_as_its_start_is_out()
    {
        Keep(Wire.Start(1, "p"), BigWrite(2, "p"), Wire.Terminate(3, "p"), BigWrite(4, "q"));
        Assert.False(_reserve.TryTake(hasRoom: false, out _));

        Assert.Equal(1, Take(hasRoom: true));
        Assert.Equal(3, Take(hasRoom: false));
        Assert.False(_reserve.TryTake(hasRoom: false, out _));
        Assert.Equal(2, Take(hasRoom: true));
        Assert.Equal(4, Take(hasRoom: true));
        Assert.True(_reserve.IsEmpty);
        Assert.False(_reserve.TryTake(hasRoom: true, out _));
    }

    [Fact]
    public void It_is_full_of_bytes_or_of_requests_and_has_room_again_when_one_is_taken()
    {
        Keep(Wire.Write(1, "p", "x", "a"), Wire.Write(2, "p", "x", "b"), Wire.Write(3, "p", "x", "c"));
        Assert.True(_reserve.HasRoom());
        Keep(Wire.Write(4, "p", "x", "d"));
        Assert.False(_reserve.HasRoom());
        Take(hasRoom: true);
        Assert.True(_reserve.HasRoom());

        Keep(Wire.Write(5, "p", new string('x', 3 * RequestReserve.LeastBytes), "e"));
        Assert.False(_reserve.HasRoom());
        _reserve.Dispose();
        Assert.True(_reserve.HasRoom());
    }

    [Fact]
    public void While_answers_are_not_taken_it_lets_only_so_many_pass()
    {
        _outbox.Offer(ByteLease.CopyOf(new byte[_limits.ParkedBytes]));
        for (var passed = 0; passed < 4; passed++)
        {
            Assert.True(_reserve.HasRoom());
            Assert.True(TryPass(Wire.Status(1)));
        }

        Assert.False(_reserve.HasRoom());
        _outbox.Sent(1);
        Assert.True(_reserve.HasRoom());
        _outbox.Offer(ByteLease.CopyOf(new byte[1]));
        Assert.True(_reserve.HasRoom());
    }

    private static string BigWrite(int id, string processId) => Wire.Write(id, processId, new string('x', SmallBytes), "w");

    private static string File(int id, string name, int padding) =>
        $$$"""{"id":{{{id}}},"method":"fs/getMetadata","params":{"path":"file:///{{{name}}}","x":"{{{new string('x', padding)}}}"}}""";

    private static string Http(int id, string requestId, int padding) =>
        $$$"""{"id":{{{id}}},"method":"http/request","params":{"method":"GET","url":"http://a/","headers":[],"requestId":"{{{requestId}}}","x":"{{{new string('x', padding)}}}"}}""";

    private static string Cancel(int id, string requestId) => $$$"""{"id":{{{id}}},"method":"http/cancel","params":{"requestId":"{{{requestId}}}"}}""";

    private static InboundMessage Good(string json)
    {
        var message = Wire.Decode(json);
        Assert.Null(message.Problem);
        return message;
    }

    private bool TryPass(string json) => _reserve.TryPass(Good(json));

    private void Keep(params ReadOnlySpan<string> messages)
    {
        foreach (var json in messages)
        {
            _reserve.Keep(Good(json));
        }
    }

    private int Take(bool hasRoom)
    {
        Assert.True(_reserve.TryTake(hasRoom, out var message));
        return (int)message.Id.Number;
    }
}
