using System.Text;

using Akka.Dispatch;
using Akka.TestKit.Xunit2;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Workers;
using ExecActors.Testing;

namespace ExecActors.Runtime.Tests.FileSystem;

/// <summary>The desk with a service of the test's own; workers run when the test says so.</summary>
public sealed class FileDeskTests : TestKit
{
    private const long Epoch = 7;
    private readonly TemporaryFolder _folder = new();
    private readonly Queue<IRunnable> _workers = new();
    private readonly List<(long Ticket, string Text)> _answers = [];
    private readonly ScriptedService _service = new();
    private readonly FileDesk _desk;
    private readonly Outbox _outbox = new();
    private readonly RequestWindow _window;
    private long _ticket;

    public FileDeskTests()
    {
        _window = new RequestWindow(ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits with { ParkedBytes = 100 }, _outbox);
        _desk = new FileDesk(_service, new SessionWorkers(_workers.Enqueue, width: 100), TestActor, Answer, maxHandles: 2, width: 2);
        _desk.Attach(Epoch);
    }

    [Fact]
    public void A_block_behind_an_open_uses_what_it_opened()
    {
        var opened = OpenAFile();
        _service.Opens(opened);
        Take(Open("h"));
        Take(Block("h"));
        Assert.Equal(["FsOpenParams"], Run());

        Assert.Equal(["FsReadBlockParams"], Run());
        Assert.Same(opened, _service.LastHandle);
        Assert.Equal([1L, 2L], _answers.Select(answer => answer.Ticket));
    }

    [Fact]
    public void A_block_of_an_unknown_handle_is_refused_without_a_worker()
    {
        Take(Block("h"));

        Assert.Empty(_workers);
        Assert.Contains("unknown file handle `h`", Assert.Single(_answers).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_in_use_is_refused_and_the_earlier_handle_stays()
    {
        Opened("h");
        Take(Open("h"));
        Take(Block("h"));

        Assert.Equal(["FsReadBlockParams"], Run());
        Assert.Contains("already exists", _answers[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Opens_under_way_count_against_the_limit()
    {
        Take(Open("a"));
        Take(Open("b"));
        Take(Open("c"));

        Assert.Contains("at most 2 file handles", Assert.Single(_answers).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_open_frees_its_place()
    {
        Take(Open("a"));
        Take(Open("b"));
        Run();
        Take(Open("c"));
        Take(Open("d"));

        Assert.Equal(2, _answers.Count);
        Assert.Equal(2, _workers.Count);
    }

    [Fact]
    public void A_handle_that_failed_is_closed_and_unknown()
    {
        var file = Opened("h");
        _service.FailsHandle = true;
        Take(Block("h"));
        Run();
        Take(Block("h"));
        Run();

        Assert.True(file.Descriptor.IsClosed);
        Assert.Contains("unknown file handle", _answers[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detach_closes_what_is_open()
    {
        var file = Opened("h");
        _desk.Detach();
        Run();

        Assert.True(file.Descriptor.IsClosed);
        _desk.Attach(Epoch + 1);
        Take(Block("h"), Epoch + 1);
        Assert.Contains("unknown file handle", _answers[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_use_at_the_detach_is_closed_after_its_use()
    {
        var file = Opened("h");
        Take(Block("h"));
        _desk.Detach();
        Assert.Single(_workers);
        Assert.Equal(["FsReadBlockParams"], Run());
        Assert.False(_service.WasClosedInUse);
        Run();

        Assert.True(file.Descriptor.IsClosed);
    }

    [Fact]
    public void A_file_opened_for_a_connection_that_left_is_closed()
    {
        var opened = OpenAFile();
        _service.Opens(opened);
        Take(Open("h"));
        _desk.Detach();
        _desk.Attach(Epoch + 1);
        Run();
        Run();

        Assert.True(opened.Descriptor.IsClosed);
        Take(Block("h"), Epoch + 1);
        Assert.Contains("unknown file handle", _answers[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_waited_when_the_connection_left_is_dropped_and_what_comes_after_runs_in_order()
    {
        Take(new FsRemoveParams(Bytes("/a")));
        Take(new FsReadFileParams(Bytes("/a")));
        _desk.Detach();
        _desk.Attach(Epoch + 1);
        Take(new FsGetMetadataParams(Bytes("/a")), Epoch + 1);

        Assert.Equal(["FsRemoveParams"], Run());
        Assert.Equal(["FsGetMetadataParams"], Run());
    }

    [Fact]
    public void What_a_handle_writes_and_its_close_come_before_what_reads_its_path()
    {
        _service.Opens(OpenAFile());
        Take(new FsOpenParams("w", Bytes("/file"), FsOpenMode.Replace));
        Take(new FsWriteBlockParams("w", Offset: 0, "eA=="u8.ToArray()));
        Take(new FsCloseParams("w"));
        Take(new FsReadFileParams(Bytes("/file")));
        Take(new FsReadFileParams(Bytes("/other")));

        Assert.Equal(["FsOpenParams", "FsReadFileParams"], Run());
        Assert.Equal(["FsWriteBlockParams"], Run());
        Assert.Equal(["FsCloseParams"], Run());
        Assert.Equal(["FsReadFileParams"], Run());
    }

    [Fact]
    public void A_large_answer_is_put_off_while_those_before_are_not_taken_and_what_waits_for_it_keeps_its_place()
    {
        _outbox.Offer(ByteLease.CopyOf(new byte[100]));
        Take(new FsReadFileParams(Bytes("/a")));
        Take(new FsRemoveParams(Bytes("/a")));
        Take(new FsGetMetadataParams(Bytes("/b")));

        Assert.Equal(["FsGetMetadataParams"], Run(putOff: 1));
        _desk.RunPutOff();
        Assert.Empty(Run(putOff: 1));
        _outbox.Sent(1);
        _desk.RunPutOff();
        Assert.Equal(["FsReadFileParams"], Run());
        Assert.Equal(["FsRemoveParams"], Run());
        Assert.Equal([3L, 1L, 2L], _answers.Select(answer => answer.Ticket));
    }

    [Fact]
    public void An_answer_taken_before_the_session_hears_that_the_next_was_put_off_has_it_made()
    {
        _outbox.Offer(ByteLease.CopyOf(new byte[100]));
        Take(new FsReadFileParams(Bytes("/a")));
        _workers.Dequeue().Run();
        _outbox.Sent(1);
        _desk.OnPutOff(ExpectMsg<FileProtocol.PutOff>(TestTimeouts.Default).Task);

        Assert.Equal(["FsReadFileParams"], Run());
    }

    [Fact]
    public void What_was_put_off_for_a_connection_that_left_lets_go_of_its_handle_and_its_turn()
    {
        var file = Opened("h");
        _outbox.Offer(ByteLease.CopyOf(new byte[100]));
        Take(Block("h"));
        Take(new FsReadFileParams(Bytes("/a")));
        Assert.Empty(Run(putOff: 2));
        Take(new FsReadFileParams(Bytes("/b")));
        _workers.Dequeue().Run(); // and its word comes after the end
        _desk.Detach();
        _desk.OnPutOff(ExpectMsg<FileProtocol.PutOff>(TestTimeouts.Default).Task);
        _desk.Attach(Epoch + 1);
        Take(new FsRemoveParams(Bytes("/a")), Epoch + 1);
        Take(new FsRemoveParams(Bytes("/b")), Epoch + 1);

        Assert.Equal(["FsRemoveParams", "FsRemoveParams"], Run());
        Assert.True(file.Descriptor.IsClosed);
    }

    [Fact]
    public void A_service_that_throws_is_an_error_of_its_request_alone()
    {
        _service.Throws = true;
        Take(new FsGetMetadataParams(Bytes("/a")));
        Run();
        _service.Throws = false;
        Take(new FsGetMetadataParams(Bytes("/a")));
        Run();

        Assert.Contains("-32603", _answers[0].Text, StringComparison.Ordinal);
        Assert.Equal("done", _answers[1].Text);
    }

    protected override void Dispose(bool disposing)
    {
        _desk.Detach();
        Run();
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private void Answer(RequestRef request, ByteLease frame)
    {
        _answers.Add((request.Ticket, Encoding.UTF8.GetString(frame.Span)));
        frame.Dispose();
    }

    private void Take(object parameters, long epoch = Epoch)
    {
        var ticket = ++_ticket;
        _desk.Take(new FileRequest(new RequestRef(epoch, ticket, RequestId.FromNumber(ticket), _window), parameters, Payload: null, new HelperUser(Principal.Stdio)));
    }

    private FileHandle Opened(string id)
    {
        var file = OpenAFile();
        _service.Opens(file);
        Take(Open(id));
        Run();
        return file;
    }

    private FileHandle OpenAFile() =>
        new(File.OpenHandle(Path.Combine(_folder.Path, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite));

    // What is with the workers now, and what they tell the session of it.
    private List<string> Run(int putOff = 0)
    {
        var performed = _service.Performed.Count;
        for (var left = _workers.Count; left > 0; left--)
        {
            _workers.Dequeue().Run();
        }

        var names = _service.Performed.Skip(performed).ToList();
        for (var told = names.Count + putOff; told > 0; told--)
        {
            switch (ReceiveOne(TestTimeouts.Default))
            {
                case FileProtocol.Done done:
                    _desk.OnDone(done);
                    break;
                case FileProtocol.PutOff { Task: var task }:
                    putOff--;
                    _desk.OnPutOff(task);
                    break;
                case var other:
                    throw new InvalidOperationException($"the session was told {other}");
            }
        }

        Assert.Equal(0, putOff);

        return names;
    }

    private static FsOpenParams Open(string id) => new(id, Bytes("/file"));

    private static FsReadBlockParams Block(string id) => new(id, Offset: 0, Len: 1);

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    private sealed class ScriptedService : IFileService
    {
        private readonly Queue<FileHandle> _opened = new();

        public List<string> Performed { get; } = [];

        public FileHandle? LastHandle { get; private set; }

        public bool FailsHandle { get; set; }

        public bool Throws { get; set; }

        public bool WasClosedInUse { get; private set; }

        public void Opens(FileHandle file) => _opened.Enqueue(file);

        public FileReply Perform(FileRequest request, FileHandle? file)
        {
            Performed.Add(request.Params.GetType().Name);
            LastHandle = file;
            WasClosedInUse |= file is { Descriptor.IsClosed: true };
            if (Throws)
            {
                throw new IOException("the test says so");
            }

            var opened = request.Params is FsOpenParams && _opened.TryDequeue(out var next) ? next : null;
            return new FileReply(ByteLease.CopyOf("done"u8), opened, FailsHandle);
        }
    }
}
