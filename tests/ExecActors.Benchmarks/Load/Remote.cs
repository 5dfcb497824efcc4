using System.Text;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>Processes and files on the server, in few words.</summary>
internal static class Remote
{
    /// <summary>Params of process/start.</summary>
    public static string StartParams(string processId, bool tty, bool stdin, params IEnumerable<string> argv) =>
        $$$"""{"processId":"{{{processId}}}","argv":[{{{string.Join(',', argv.Select(word => $"\"{word}\""))}}}],"cwd":"file:///","env":{"PATH":"/usr/bin:/bin"},"tty":{{{Json(tty)}}},"pipeStdin":{{{Json(stdin)}}},"arg0":null}""";

    /// <summary>Starts a process.</summary>
    /// <returns>Its name.</returns>
    public static string Start(this LoadConnection connection, bool tty, bool stdin, params IEnumerable<string> argv)
    {
        var name = ScenarioRun.NewName();
        connection.Ask("process/start", StartParams(name, tty, stdin, argv));
        return name;
    }

    /// <summary>Takes messages to the close of a process; what others send is passed over.</summary>
    public static OutputCount ReadToClose(this LoadConnection connection, string processId)
    {
        var name = Utf8(processId);
        var count = new OutputCount();
        while (true)
        {
            var message = connection.Next();
            if (message.Method == WireMethod.ProcessOutput)
            {
                count.Add(message.Body, name);
            }
            else if (message.Method == WireMethod.ProcessClosed && IsOf(message, name))
            {
                return count;
            }
        }
    }

    /// <summary>Starts a process and takes its messages to its close.</summary>
    public static OutputCount RunToClose(this LoadConnection connection, bool tty, params IEnumerable<string> argv) =>
        connection.ReadToClose(connection.Start(tty, stdin: false, argv));

    /// <summary>Kills a process and waits for its close.</summary>
    public static void End(this LoadConnection connection, string processId)
    {
        connection.Post("process/terminate", $$"""{"processId":"{{processId}}"}""");
        connection.Flush();
        connection.ReadToClose(processId);
    }

    /// <summary>An absolute path as a URI. The paths here need no escapes.</summary>
    public static string Uri(string path) => $"file://{path}";

    /// <summary>UTF-8.</summary>
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // Names are quoted on the wire, so that none is the beginning of another.
    private static bool IsOf(LoadMessage message, byte[] name)
    {
        var at = message.Body.Span.IndexOf(name);
        return at > 0 && message.Body.Span[at - 1] == (byte)'"' && message.Body.Span[at + name.Length] == (byte)'"';
    }

    private static string Json(bool value) => value ? "true" : "false";
}

/// <summary>What a process put out, and whether its numbers came without a gap.</summary>
internal sealed class OutputCount
{
    private byte[] _decoded = new byte[128 * 1024];
    private ulong _last;

    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Notifications whose number was not the one after that before: something was lost, or came out of order.</summary>
    public int Gaps { get; private set; }

    /// <summary>Counts a process/output, its base64 decoded, as any client has to; that of another process is passed over.</summary>
    public void Add(ReadOnlyMemory<byte> parameters, ReadOnlySpan<byte> processId)
    {
        if (!OutputReader.TryRead(parameters, out var output, out var error))
        {
            throw new LoadException($"process/output cannot be read: {error.Message}");
        }

        if (!output.ProcessId.Span.SequenceEqual(processId))
        {
            return;
        }

        var longest = Base64Chunk.MaxDecodedLength(output.ChunkBase64.Length);
        if (longest > _decoded.Length)
        {
            _decoded = new byte[longest];
        }

        if (!Base64Chunk.TryDecode(output.ChunkBase64.Span, _decoded, out var written, out error))
        {
            throw new LoadException($"process/output is not base64: {error.Message}");
        }

        Bytes += written;
        Gaps += output.Seq == _last + 1 ? 0 : 1;
        _last = output.Seq;
    }
}
