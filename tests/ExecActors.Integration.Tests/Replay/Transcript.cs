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
    private Transcript(JObject file)
    {
        Name = (string)file["name"]!;
        IsStdio = (string?)file["transport"] == "stdio";
        ServerArguments = file["serverArgs"]?.Values<string>().OfType<string>().ToArray() ?? [];
        OpenOutput = Name switch
        {
            "retention-overflow" => ["big"], // its notifications were left out of the recording
            "write-statuses" => ["p"], // killed right after a write: whether the echo gets out is a race
            _ => [],
        };
        Frames = [.. file["frames"]!.Cast<JObject>().Select(ParseFrame)];
    }

    /// <summary>The file's name without extension.</summary>
    public string Name { get; }

    /// <summary>Whether it was recorded over standard input and output.</summary>
    public bool IsStdio { get; }

    /// <summary>Arguments that the server had besides <c>--listen</c>.</summary>
    public IReadOnlyList<string> ServerArguments { get; }

    /// <summary>What happened, in order.</summary>
    public List<TranscriptFrame> Frames { get; }

    /// <summary>Processes of whose output the recording need only be the beginning.</summary>
    public HashSet<string> OpenOutput { get; }

    /// <summary>The folder with the recordings.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Transcripts", "process");

    /// <summary>Reads a recording.</summary>
    public static Transcript Load(string name)
    {
        using var reader = new JsonTextReader(File.OpenText(Path.Combine(Folder, name + ".json"))) { DateParseHandling = DateParseHandling.None };
        return new Transcript(JObject.Load(reader));
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
