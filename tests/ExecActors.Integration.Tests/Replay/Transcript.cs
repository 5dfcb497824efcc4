using Newtonsoft.Json;

namespace ExecActors.Integration.Tests.Replay;

/// <summary>One recorded frame, or an event on a connection.</summary>
/// <param name="IsClient">Whether the client did it.</param>
/// <param name="Connection">Which connection; empty when there is only one.</param>
public sealed record TranscriptFrame(bool IsClient, string Connection)
{
    /// <summary>A message; null when this is something else.</summary>
    public JToken? Json { get; set; }

    /// <summary>A text that is no canonical JSON.</summary>
    public string? Text { get; init; }

    /// <summary><c>connect</c>, <c>disconnect</c>, <c>eof</c> or <c>exit</c>.</summary>
    public string? Event { get; init; }

    /// <summary>The status of an <c>exit</c>.</summary>
    public int? ExitCode { get; init; }

    /// <summary>An HTTP request or answer.</summary>
    public JObject? Http { get; init; }

    /// <summary>Whether this is the server's answer to a request with this id.</summary>
    public bool Answers(JToken id) => !IsClient && Json is JObject message && message["method"] is null && JToken.DeepEquals(message["id"], id);

    /// <summary>Whether this is a notification about this process.</summary>
    public bool IsAbout(string processId) =>
        !IsClient && Json is JObject message && message["method"] is not null && (string?)message["params"]?["processId"] == processId;
}

/// <summary>A recorded exchange with the reference server.</summary>
public sealed class Transcript
{
    private Transcript(string name, JObject file)
    {
        Name = name;
        IsStdio = (string?)file["transport"] == "stdio";
        IsOlder = (string?)file["server"] == "Codex 0.169.0";
        ServerArguments = file["serverArgs"]?.Values<string>().OfType<string>().ToArray() ?? [];
        OpenOutput = Name switch
        {
            "process/retention-overflow" => ["big"], // its notifications were left out of the recording
            "process/write-statuses" => ["p"], // killed right after a write: whether the echo gets out is a race
            "http/stream-errors" => ["s2"], // cut by a deadline
            _ => [],
        };
        Frames = [.. file["frames"]!.Cast<JObject>().Select(ParseFrame)];
        if (name == "fs/handle-limit")
        {
            AddElidedOpens();
        }
    }

    /// <summary>The file's folder and name without extension.</summary>
    public string Name { get; }

    /// <summary>Whether it was recorded over standard input and output.</summary>
    public bool IsStdio { get; }

    /// <summary>Whether it was recorded before 0.171, which decodes bodies and says the kind of a failed start.</summary>
    public bool IsOlder { get; }

    /// <summary>Arguments that the server had besides <c>--listen</c>.</summary>
    public IReadOnlyList<string> ServerArguments { get; }

    /// <summary>What happened, in order.</summary>
    public List<TranscriptFrame> Frames { get; }

    /// <summary>Processes and streamed bodies of whose output the recording need only be the beginning.</summary>
    public HashSet<string> OpenOutput { get; }

    /// <summary>The folder with the recordings, in one folder per part of the protocol.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Transcripts");

    /// <summary>All recordings.</summary>
    public static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.json", SearchOption.AllDirectories).Select(file => Path.ChangeExtension(Path.GetRelativePath(Folder, file), null)).Order(StringComparer.Ordinal);

    /// <summary>Reads a recording.</summary>
    public static Transcript Load(string name)
    {
        using var reader = new JsonTextReader(File.OpenText(Path.Combine(Folder, name + ".json"))) { DateParseHandling = DateParseHandling.None };
        return new Transcript(name, JObject.Load(reader));
    }

    /// <summary>Puts back what the recording says it left out: the opens of h1 to h126.</summary>
    private void AddElidedOpens()
    {
        var index = Frames.FindIndex(frame => frame.Answers(2)) + 1;
        for (var i = 1; i <= 126; i++)
        {
            var open = new JObject { ["handleId"] = $"h{i}", ["path"] = "file:///tmp/exec-fixture/a.txt" };
            Frames.Insert(index++, new TranscriptFrame(true, "") { Json = new JObject { ["id"] = i + 2, ["method"] = "fs/open", ["params"] = open } });
            Frames.Insert(index++, new TranscriptFrame(false, "") { Json = new JObject { ["id"] = i + 2, ["result"] = new JObject { ["handleId"] = $"h{i}" } } });
        }
    }

    private static TranscriptFrame ParseFrame(JObject frame) => new((string?)frame["dir"] == "client", (string?)frame["conn"] ?? "")
    {
        Json = frame["json"],
        Text = (string?)frame["text"],
        Event = (string?)frame["event"],
        ExitCode = (int?)frame["exitCode"],
        Http = frame["http"] as JObject,
    };
}
