namespace ExecActors.Integration.Tests.Replay;

/// <summary>Changes a recording into what this server does instead, one stated change at a time.</summary>
public static class TranscriptEditor
{
    /// <summary>Replaces the answer to a request with a success.</summary>
    public static Transcript Succeeds(this Transcript transcript, JToken id, JObject result) =>
        transcript.Replace(id, new JObject { ["id"] = id, ["result"] = result });

    /// <summary>Replaces the answer to a request with a failure.</summary>
    public static Transcript Fails(this Transcript transcript, JToken id, int code, string message = Expected.Any) =>
        transcript.Replace(id, new JObject { ["error"] = new JObject { ["code"] = code, ["message"] = message }, ["id"] = id });

    /// <summary>Adds notifications right after the answer to a request.</summary>
    public static Transcript Then(this Transcript transcript, JToken id, params JObject[] notifications)
    {
        var index = transcript.Frames.FindIndex(frame => frame.Answers(id));
        Assert.True(index >= 0, $"{transcript.Name} has no answer to request {id}");
        transcript.Frames.InsertRange(index + 1, notifications.Select(json => transcript.Frames[index] with { Json = json }));
        return transcript;
    }

    /// <summary>Puts another exit code into everything said about a process.</summary>
    public static Transcript ExitsWith(this Transcript transcript, string processId, int exitCode)
    {
        foreach (var frame in transcript.Frames.Where(frame => frame.IsAbout(processId) && (string?)frame.Json!["method"] == "process/exited"))
        {
            frame.Json!["params"]!["exitCode"] = exitCode;
        }

        return transcript;
    }

    /// <summary>Removes the notifications about a process.</summary>
    public static Transcript WithoutNotificationsOf(this Transcript transcript, string processId)
    {
        Assert.NotEqual(0, transcript.Frames.RemoveAll(frame => frame.IsAbout(processId)));
        return transcript;
    }

    /// <summary>Removes the notifications of one method.</summary>
    public static Transcript WithoutNotifications(this Transcript transcript, string method)
    {
        Assert.NotEqual(0, transcript.Frames.RemoveAll(frame => !frame.IsClient && (string?)(frame.Json as JObject)?["method"] == method));
        return transcript;
    }

    /// <summary>Changes the result of a request.</summary>
    public static Transcript Edit(this Transcript transcript, JToken id, Action<JObject> change)
    {
        var result = (JObject?)transcript.Frames.Find(frame => frame.Answers(id))?.Json?["result"];
        Assert.True(result is not null, $"{transcript.Name} has no result of request {id}");
        change(result);
        return transcript;
    }

    /// <summary>Replaces the answer to a read of a process that here was never started.</summary>
    public static Transcript RefusedRead(this Transcript transcript, JToken id, string processId) =>
        transcript.Fails(id, ErrorCode.InvalidRequest, $"unknown process id {processId}");

    /// <summary>Removes the client's answers to requests of the server.</summary>
    public static Transcript WithoutClientAnswers(this Transcript transcript)
    {
        Assert.NotEqual(0, transcript.Frames.RemoveAll(frame => frame.IsClient && frame.Json is JObject message && message["method"] is null));
        return transcript;
    }

    /// <summary>Replaces the server's disconnect at the end with a request that is answered.</summary>
    public static Transcript Survives(this Transcript transcript)
    {
        var last = transcript.Frames[^1];
        Assert.True(last is { IsClient: false, Event: "disconnect" }, $"{transcript.Name} does not end with the server's disconnect");
        transcript.Frames.RemoveAt(transcript.Frames.Count - 1);
        transcript.Frames.Add(new TranscriptFrame(true, last.Connection) { Json = new JObject { ["id"] = "alive", ["method"] = "environment/status" } });
        transcript.Frames.Add(new TranscriptFrame(false, last.Connection)
        {
            Json = new JObject { ["id"] = "alive", ["result"] = new JObject { ["status"] = "ready" } },
        });
        return transcript;
    }

    /// <summary>Lets a process write more than was recorded: it ran a moment longer.</summary>
    public static Transcript MayWriteMore(this Transcript transcript, string processId)
    {
        transcript.OpenOutput.Add(processId);
        return transcript;
    }

    private static Transcript Replace(this Transcript transcript, JToken id, JObject answer)
    {
        var frame = transcript.Frames.Find(frame => frame.Answers(id));
        Assert.True(frame is not null, $"{transcript.Name} has no answer to request {id}");
        frame.Json = answer;
        return transcript;
    }
}
