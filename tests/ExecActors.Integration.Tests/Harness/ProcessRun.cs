using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>What a process's notifications said, checked for one gap-free numbering in order of arrival.</summary>
public sealed class ProcessRun(long firstSeq)
{
    private readonly Dictionary<string, MemoryStream> _streams = [];
    private long _next = firstSeq;

    /// <summary>The number of the exit; 0 until it came.</summary>
    public long ExitSeq { get; private set; }

    /// <summary>The number of the last output; 0 when there was none.</summary>
    public long LastOutputSeq { get; private set; }

    /// <summary>The exit code; null until it came.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether the exit was put down to the sandbox.</summary>
    public bool SandboxDenied { get; private set; }

    /// <summary>Whether <c>process/closed</c> came.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>How many notifications there were, and so the last number when they started from 1.</summary>
    public long LastSeq => _next - 1;

    /// <summary>Standard output.</summary>
    public string Stdout => Text("stdout");

    /// <summary>Standard error.</summary>
    public string Stderr => Text("stderr");

    /// <summary>What a terminal showed.</summary>
    public string Terminal => Text("pty");

    /// <summary>The bytes of one stream.</summary>
    public byte[] Bytes(string stream) => _streams.GetValueOrDefault(stream)?.ToArray() ?? [];

    /// <summary>Takes the next notification.</summary>
    public void Add(JObject notification)
    {
        var parameters = (JObject)notification["params"]!;
        Assert.False(IsClosed, $"a notification after process/closed: {notification}");
        Assert.Equal(_next++, (long)parameters["seq"]!);
        switch ((string?)notification["method"])
        {
            case "process/output":
                AssertMembers(parameters, "processId", "seq", "stream", "chunk");
                LastOutputSeq = (long)parameters["seq"]!;
                var stream = (string)parameters["stream"]!;
                _streams.TryAdd(stream, new MemoryStream());
                _streams[stream].Write(Convert.FromBase64String((string)parameters["chunk"]!));
                break;
            case "process/exited":
                AssertMembers(parameters, "processId", "seq", "exitCode", "sandboxDenied");
                Assert.Null(ExitCode);
                ExitSeq = (long)parameters["seq"]!;
                ExitCode = (int)parameters["exitCode"]!;
                SandboxDenied = (bool)parameters["sandboxDenied"]!;
                break;
            case "process/closed":
                AssertMembers(parameters, "processId", "seq");
                Assert.NotNull(ExitCode);
                IsClosed = true;
                break;
            default:
                Assert.Fail($"unexpected notification {notification}");
                break;
        }
    }

    private static void AssertMembers(JObject parameters, params string[] names) => Assert.Equal(names, parameters.Properties().Select(property => property.Name));

    private string Text(string stream) => Encoding.UTF8.GetString(Bytes(stream));
}
