namespace ExecActors.Integration.Tests.Replay;

/// <content>Requests and their answers.</content>
public sealed partial class TranscriptPlayer
{
    /// <summary>How long a probing read may wait; probes only bring a process to the state in which it was recorded.</summary>
    private const long ProbeWaitMilliseconds = 10_000;

    private async Task BeforeSendingAsync(ReplayConnection connection, TranscriptFrame frame)
    {
        if (frame.Json is not JObject request || request["id"] is null)
        {
            return;
        }

        if (RecordedAnswer(frame, request["id"]!)?.Json?["result"] is not JObject result)
        {
            return;
        }

        switch ((string?)(request["method"] as JValue))
        {
            case "initialize":
                connection.RecordedSession = (string)result["sessionId"]!;
                connection.Ledger = processId => LedgersOf(connection, processId).Actual;
                break;
            case "process/read" when !IsLongPoll(request):
                await ReachAsync(connection, (string)request["params"]!["processId"]!, result);
                break;
            default:
                break;
        }
    }

    /// <summary>Brings a process to where it was when a read of it was recorded, by long polls that are not part of the recording.</summary>
    private async Task ReachAsync(ReplayConnection connection, string processId, JObject recorded)
    {
        var (expected, ledger) = LedgersOf(connection, processId);
        if (recorded["chunks"]!.Any(chunk => (string?)chunk["chunk"] == ReadComparer.Elided))
        {
            return;
        }

        expected.AddRead(recorded, nextSeqIsCounter: false);
        var upTo = recorded["chunks"]!.Select(chunk => (long)chunk["seq"]!).DefaultIfEmpty(0).Max();
        while (!(ledger.Covers(expected, upTo) && (ledger.ClosedSeq is not null || !(bool)recorded["closed"]!)))
        {
            var id = $"probe-{++_probes}";
            await connection.Client.SendAsync(new JObject
            {
                ["id"] = id,
                ["method"] = "process/read",
                ["params"] = WireClient.ReadParams(processId, ledger.Last, waitMs: ProbeWaitMilliseconds),
            });
            ledger.AddRead(WireClient.ResultOf(await connection.AnswerAsync(id)), nextSeqIsCounter: true);
        }
    }

    private async Task CompareAnswerAsync(ReplayConnection connection, JObject recorded, TranscriptFrame frame)
    {
        var id = recorded["id"]!;
        var request = RecordedRequest(frame, id)?.Json as JObject;
        var actual = await connection.AnswerAsync(id);
        await CompareAnswerAsync(connection, request, recorded, actual);
        if (id.Type == JTokenType.Integer && _files.After.TryGetValue((long)id, out var change))
        {
            change(_tree);
        }
    }

    private async Task CompareAnswerAsync(ReplayConnection connection, JObject? request, JObject recorded, JObject actual)
    {
        if ((string?)request?["method"] == "initialize" && recorded["result"] is not null)
        {
            await CompareInitializeAsync(connection, request, recorded, actual);
            return;
        }

        Assert.Equal(recorded.Properties().Select(member => member.Name), actual.Properties().Select(member => member.Name));
        if (recorded["error"] is not null)
        {
            var (expected, found) = (WireError.Of((JObject)Current(recorded)), WireError.Of(actual));
            Assert.Equal(expected.Code, found.Code);
            if (found.Data is not null)
            {
                Differences.Use("start-error-data");
                Assert.Equal("process/start", (string?)request?["method"]);
            }

            if (!_transcript.IsOlder)
            {
                Assert.Equal((string?)expected.Data?["kind"], (string?)found.Data?["kind"]);
            }

            Assert.True(
                expected.Message == Expected.Any ? found.Message.Length > 0 : Expected.IsSameMessage(expected.Message, found.Message),
                $"recorded '{expected.Message}', found '{found.Message}'");
            return;
        }

        switch ((string?)request?["method"])
        {
            case "process/read" when IsLongPoll(request) && _transcript.Name.StartsWith("sandbox/", StringComparison.Ordinal):
                var (_, met) = LedgersOf(connection, (string)request["params"]!["processId"]!);
                ReadComparer.TakeMoment((JObject)recorded["result"]!, (JObject)actual["result"]!, met);
                break;
            case "process/read":
                var (expectedLedger, ledger) = LedgersOf(connection, (string)request["params"]!["processId"]!);
                ReadComparer.Compare((JObject)request["params"]!, (JObject)recorded["result"]!, (JObject)actual["result"]!, expectedLedger, ledger);
                break;
            case "environment/info":
                EnvironmentInfoComparer.Compare((JObject)recorded["result"]!, (JObject)actual["result"]!);
                break;
            case "http/request":
                HttpComparer.Compare((JObject)recorded["result"]!, (JObject)actual["result"]!, _transcript.IsOlder);
                break;
            case "fs/getMetadata":
                FileComparer.CompareMetadata((JObject)recorded["result"]!, (JObject)actual["result"]!);
                break;
            case "fs/readDirectory":
                FileComparer.CompareDirectories((JObject)recorded["result"]!, (JObject)actual["result"]!);
                break;
            default:
                Assert.True(Expected.Matches(recorded, actual), $"recorded {recorded}, found {actual}");
                break;
        }
    }

    private async Task CompareInitializeAsync(ReplayConnection connection, JObject request, JObject recorded, JObject actual)
    {
        // Recorded after a pause: the loss of the other connection had been noticed. Clients retry on exactly this code.
        while ((int?)actual["error"]?["code"] == ErrorCode.SessionAttached)
        {
            await connection.Client.SendAsync(Current(request));
            actual = await connection.AnswerAsync(request["id"]!);
        }

        var result = WireClient.ResultOf(actual);
        Assert.Equal(["sessionId", "environmentInfo"], result.Properties().Select(member => member.Name));
        EnvironmentInfoComparer.Compare((JObject)recorded["result"]!["environmentInfo"]!, (JObject)result["environmentInfo"]!);
        var (old, now) = ((string)recorded["result"]!["sessionId"]!, (string)result["sessionId"]!);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", now);
        Assert.True(_sessions.TryAdd(old, now) || _sessions[old] == now, "a resume answers with the same session id");
    }

    private static bool IsLongPoll(JObject read) => read["params"]!["waitMs"] is { Type: JTokenType.Integer } wait && (long)wait > 0;

    private TranscriptFrame? RecordedAnswer(TranscriptFrame request, JToken id) =>
        _transcript.Frames.SkipWhile(frame => !ReferenceEquals(frame, request)).FirstOrDefault(frame => frame.Connection == request.Connection && frame.Answers(id));

    private TranscriptFrame? RecordedRequest(TranscriptFrame answer, JToken id) =>
        _transcript.Frames.TakeWhile(frame => !ReferenceEquals(frame, answer)).LastOrDefault(
            frame => frame.IsClient && frame.Connection == answer.Connection && frame.Json is JObject request && JToken.DeepEquals(request["id"], id));

    private async Task PlayHttpAsync(JObject request, JObject recorded)
    {
        var headers = ((JObject)request["headers"]!).Properties().ToDictionary(header => header.Name, header => (string)header.Value!);
        foreach (var (name, value) in RawHttp.UpgradeHeaders.Where(_ => request["upgrade"] is not null))
        {
            headers[name] = value;
        }

        var answer = await RawHttp.SendAsync(_server.Endpoint, (string)request["method"]!, (string)request["path"]!, headers);
        Assert.Equal((int)recorded["status"]!, answer.Status);
        if ((int)recorded["status"]! != 101)
        {
            Assert.Equal((string?)recorded["contentType"], answer["content-type"]);
            Assert.Equal((string?)recorded["body"], answer.Body);
            Assert.Equal((string?)recorded["allow"], answer["allow"]?.Replace(", ", ",", StringComparison.Ordinal));
        }
    }
}
