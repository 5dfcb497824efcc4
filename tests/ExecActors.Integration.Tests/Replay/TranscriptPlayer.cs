namespace ExecActors.Integration.Tests.Replay;

/// <summary>Replays the client's part of a recording and compares the server's.</summary>
/// <remarks>
/// Before the client's next frame everything is awaited that the server had sent by then; recorded times mean nothing.
/// Session ids, ports, times, the fixture folder, the host's own facts, the C library's error texts, the places where output is cut and the
/// mixture of streams are not compared.
/// </remarks>
public sealed partial class TranscriptPlayer : IAsyncDisposable
{
    private readonly Transcript _transcript;
    private readonly ServerProcess _server;
    private readonly FileTree _tree = new();
    private readonly RecordedUpstreams _upstreams;
    private readonly RecordedFiles _files;
    private readonly Dictionary<string, ReplayConnection> _connections = [];
    private readonly Dictionary<(string Session, string Process), ProcessLedger> _ledgers = [];
    private readonly Dictionary<(string Session, string Process), ProcessLedger> _expectedLedgers = [];
    private readonly Dictionary<string, string> _sessions = [];
    private readonly Dictionary<string, List<BodyLedger>> _expectedBodies = [];
    private int _probes;
    private bool _hasExited;

    /// <summary>Makes the files and web servers that the recording had.</summary>
    public TranscriptPlayer(Transcript transcript, ServerProcess server)
    {
        (_transcript, _server, _upstreams) = (transcript, server, new RecordedUpstreams(transcript.Name));
        _files = RecordedFiles.Of(transcript.Name);
        _files.Make(_tree);
        var places = new RecordedPlaces(new Dictionary<string, string>(_upstreams.Authorities) { [RecordedPlaces.Folder] = _tree.Root });
        foreach (var frame in transcript.Frames.Where(frame => frame.Json is not null))
        {
            frame.Json = places.Localize(frame.Json!);
        }
    }

    /// <summary>Plays it to the end.</summary>
    public async Task PlayAsync()
    {
        for (var index = 0; index < _transcript.Frames.Count; index++)
        {
            var frame = _transcript.Frames[index];
            try
            {
                await (frame.IsClient ? PlayClientAsync(frame, index) : PlayServerAsync(frame));
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                throw new InvalidOperationException(
                    $"{_transcript.Name}, frame {index}: {frame.Json?.ToString(Newtonsoft.Json.Formatting.None) ?? frame.Text ?? frame.Event ?? frame.Http?.ToString()}: {exception.Message}; stderr says: {_server.Log}",
                    exception);
            }
        }

        await CompareWholeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }

        await _upstreams.DisposeAsync();
        _tree.Dispose();
    }

    private async Task PlayClientAsync(TranscriptFrame frame, int index)
    {
        if (frame.Http is not null)
        {
            await PlayHttpAsync(frame.Http, _transcript.Frames[index + 1].Http!);
            return;
        }

        switch (frame.Event)
        {
            case "connect":
                _connections[frame.Connection] = new ReplayConnection(await WireClient.ConnectAsync(_server));
                return;
            case "disconnect":
                _connections[frame.Connection].Client.Socket.Connection.EndSending();
                await _connections[frame.Connection].Client.EndingAsync();
                return;
            case "eof":
                ((StdioPipe)_connections[frame.Connection].Client.Pipe).EndInput();
                return;
            default:
                break;
        }

        if (!_connections.TryGetValue(frame.Connection, out var connection))
        {
            _connections[frame.Connection] = connection =
                new ReplayConnection(_transcript.IsStdio ? WireClient.OverStdio(_server) : await WireClient.ConnectAsync(_server));
        }

        if (frame.Text is { } text)
        {
            await connection.Client.SendAsync(text);
            return;
        }

        await BeforeSendingAsync(connection, frame);
        await connection.SendAsync(Current(frame.Json!));
    }

    private async Task PlayServerAsync(TranscriptFrame frame)
    {
        switch (frame)
        {
            case { Http: not null }:
                return; // compared with its request
            case { Event: "exit" }:
                Assert.Equal(frame.ExitCode, await _server.ExitAsync());
                _hasExited = true;
                return;
            case { Event: "disconnect" }:
                var ending = await _connections[frame.Connection].Client.EndingAsync();
                if (!ServerUnderTest.IsReference)
                {
                    Differences.Use("close-reason");
                    Assert.True(ending is { CloseCode: not null, Reason.Length: > 0 }, $"a close frame with a reason was expected: {ending}");
                }

                return;
            case { Json: JObject { } message } when message["method"] is null:
                await CompareAnswerAsync(_connections[frame.Connection], message, frame);
                return;
            default:
                await CompareNotificationAsync(_connections[frame.Connection], (JObject)frame.Json!);
                return;
        }
    }

    private async Task CompareNotificationAsync(ReplayConnection connection, JObject recorded)
    {
        if ((string?)recorded["method"] == "http/request/bodyDelta")
        {
            await CompareDeltaAsync(connection, (JObject)recorded["params"]!);
            return;
        }

        if (recorded["params"]!["processId"] is not { } processId || !ReplayConnection.IsNumbered(recorded))
        {
            if (recorded["params"]!["timestamp"] is not null)
            {
                (recorded["params"]!["timestamp"], recorded["params"]!["client"]) = (Expected.Any, Expected.Any);
            }

            Assert.True(Expected.Matches(recorded, await connection.OtherNotificationAsync((string)recorded["method"]!)));
            return;
        }

        var (expected, ledger) = LedgersOf(connection, (string)processId!);
        expected.AddNotification(recorded);
        await connection.TakeUntilAsync(() => ledger.Covers(expected), () => $"what was recorded of '{processId}' up to {recorded}");
    }

    private async Task CompareDeltaAsync(ReplayConnection connection, JObject recorded)
    {
        var requestId = (string)recorded["requestId"]!;
        var expected = BodyLedger.Next(_expectedBodies, requestId);
        expected.Add(recorded);
        var place = _expectedBodies[requestId].Count - 1;
        await connection.TakeUntilAsync(
            () => connection.Bodies.TryGetValue(requestId, out var bodies) && bodies.Count > place && bodies[place].Covers(expected),
            () => $"what was recorded of the body of '{requestId}' up to {recorded}");
    }

    /// <summary>Checks at the end that nothing else came, and that every process was seen as recorded.</summary>
    private async Task CompareWholeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            if (connection.Client.Pipe.Ending is null && !_hasExited)
            {
                await connection.AssertNothingElseAsync();
            }

            connection.AssertOrder();
            AssertBodies(connection);
        }

        foreach (var (key, ledger) in _ledgers)
        {
            var expected = _expectedLedgers.GetValueOrDefault(key) ?? new ProcessLedger(key.Process);
            ledger.AssertAgrees(expected, _transcript.OpenOutput.Contains(key.Process));
            AssertExitPlace(expected, ledger);
        }
    }

    private void AssertBodies(ReplayConnection connection)
    {
        foreach (var (requestId, bodies) in connection.Bodies)
        {
            var expected = _expectedBodies.GetValueOrDefault(requestId) ?? [];
            Assert.Equal(expected.Count, bodies.Count);
            for (var i = 0; i < bodies.Count; i++)
            {
                bodies[i].AssertAgrees(expected[i], _transcript.OpenOutput.Contains(requestId));
            }
        }
    }

    /// <summary>The exit is numbered after the last output, unless something else held the output open and wrote on.</summary>
    private void AssertExitPlace(ProcessLedger expected, ProcessLedger ledger)
    {
        if (ServerUnderTest.IsReference || ledger.ExitSeq is not { } exit || expected.ClosedSeq is null)
        {
            return;
        }

        Differences.Use("exit-after-output");
        var heldByAnother = _transcript.Name == "process/grandchild-holds-stdout";
        Assert.True(heldByAnother == exit < ledger.LastOutputSeq, $"the exit has number {exit}, the last output {ledger.LastOutputSeq}");
    }

    private (ProcessLedger Expected, ProcessLedger Actual) LedgersOf(ReplayConnection connection, string processId)
    {
        var key = (connection.RecordedSession, processId);
        if (!_ledgers.TryGetValue(key, out var ledger))
        {
            _ledgers[key] = ledger = new ProcessLedger(processId);
        }

        if (!_expectedLedgers.TryGetValue(key, out var expected))
        {
            _expectedLedgers[key] = expected = new ProcessLedger(processId);
        }

        return (expected, ledger);
    }

    /// <summary>A recorded message with this run's session ids.</summary>
    private JToken Current(JToken recorded)
    {
        var text = recorded.ToString(Newtonsoft.Json.Formatting.None);
        foreach (var (old, now) in _sessions)
        {
            text = text.Replace(old, now, StringComparison.Ordinal);
        }

        return JToken.Parse(text);
    }
}
