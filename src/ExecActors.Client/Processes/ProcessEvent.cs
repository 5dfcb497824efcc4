using System.Text;
using ExecActors.Protocol;
using Newtonsoft.Json;

namespace ExecActors.Client.Processes;

/// <summary>One numbered event of a process: a chunk, the exit or the close.</summary>
/// <param name="Sequence">Its number; null for the close of an older server, which comes after everything else.</param>
/// <param name="Chunk">The output, when it is a chunk.</param>
/// <param name="ExitCode">The exit code, when it is the exit.</param>
internal readonly record struct ProcessEvent(ulong? Sequence, OutputChunk? Chunk, int? ExitCode)
{
    /// <summary>Whether it is the close.</summary>
    public bool IsClose => Chunk is null && ExitCode is null;

    /// <summary>Reads the params of a notification.</summary>
    /// <returns>False when the notification is none of a process.</returns>
    /// <exception cref="IOException">The params are not of the protocol's shape.</exception>
    public static bool TryRead(WireMethod method, ReadOnlyMemory<byte> parameters, out string processId, out ProcessEvent read)
    {
        if (method == WireMethod.ProcessOutput)
        {
            read = ReadOutput(parameters, out processId);
            return true;
        }

        if (method == WireMethod.ProcessExited)
        {
            var exited = Read<ProcessExitedNotification>(parameters);
            processId = exited.ProcessId;
            read = new ProcessEvent(exited.Seq, null, exited.ExitCode);
            return true;
        }

        if (method == WireMethod.ProcessClosed)
        {
            var closed = Read<ProcessClosedNotification>(parameters);
            processId = closed.ProcessId;
            read = new ProcessEvent(closed.Seq, null, null);
            return true;
        }

        processId = "";
        read = default;
        return false;
    }

    private static ProcessEvent ReadOutput(ReadOnlyMemory<byte> parameters, out string processId)
    {
        if (!OutputReader.TryRead(parameters, out var slices, out var error))
        {
            throw new IOException($"the server sent output that cannot be read: {error.Message}");
        }

        var room = GC.AllocateUninitializedArray<byte>(Base64Chunk.MaxDecodedLength(slices.ChunkBase64.Length));
        if (!Base64Chunk.TryDecode(slices.ChunkBase64.Span, room, out var length, out error))
        {
            throw new IOException($"the server sent output that cannot be read: {error.Message}");
        }

        processId = Encoding.UTF8.GetString(slices.ProcessId.Span);
        return new ProcessEvent(slices.Seq, new OutputChunk(slices.Seq, StreamOf(slices.Stream.Span), room.AsMemory(0, length)), null);
    }

    private static OutputKind StreamOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("stdout"u8) => OutputKind.Stdout,
        _ when name.SequenceEqual("stderr"u8) => OutputKind.Stderr,
        _ when name.SequenceEqual("pty"u8) => OutputKind.Terminal,
        _ => throw new IOException($"the server sent output of an unknown stream: {Encoding.UTF8.GetString(name)}"),
    };

    private static T Read<T>(ReadOnlyMemory<byte> parameters)
        where T : class
    {
        try
        {
            return WireJson.Read<T>(parameters) ?? throw new IOException($"the server sent {typeof(T).Name} without params");
        }
        catch (JsonException e)
        {
            throw new IOException($"the server sent {typeof(T).Name} that cannot be read: {e.Message}", e);
        }
    }
}
