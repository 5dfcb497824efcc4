namespace ExecActors.Protocol;

/// <summary>The params of a <c>process/output</c> notification as slices of its frame.</summary>
/// <param name="ProcessId">The process id in UTF-8.</param>
/// <param name="Seq">The chunk's place in the process's numbering, from 1.</param>
/// <param name="Stream"><c>stdout</c>, <c>stderr</c> or <c>pty</c> in UTF-8.</param>
/// <param name="ChunkBase64">The bytes, still in base64, see <see cref="Base64Chunk"/>.</param>
public readonly record struct OutputSlices(
    ReadOnlyMemory<byte> ProcessId, ulong Seq, ReadOnlyMemory<byte> Stream, ReadOnlyMemory<byte> ChunkBase64);

/// <summary>Reads <c>process/output</c> without making strings. The general form is <see cref="ProcessOutputNotification"/>.</summary>
public static class OutputReader
{
    /// <summary>Reads the params slice of a scanned frame.</summary>
    /// <param name="paramsJson">The slice; the result points into it.</param>
    /// <param name="output">What was found.</param>
    /// <param name="error">What is wrong with the params, on failure.</param>
    public static bool TryRead(ReadOnlyMemory<byte> paramsJson, out OutputSlices output, out RpcError error)
    {
        var fields = new ByteFieldReader(paramsJson);
        output = fields.Enter("struct ExecOutputDeltaNotification") ? Read(ref fields) : default;
        error = fields.Error ?? default;
        return fields.Error is null;
    }

    private static OutputSlices Read(ref ByteFieldReader fields)
    {
        ReadOnlyMemory<byte>? processId = null, stream = null, chunk = null;
        ulong? seq = null;
        while (fields.NextMember())
        {
            if (fields.IsNamed("processId"u8))
            {
                processId = fields.Bytes();
            }
            else if (fields.IsNamed("seq"u8))
            {
                seq = fields.Integer();
            }
            else if (fields.IsNamed("stream"u8))
            {
                stream = fields.Bytes();
            }
            else if (fields.IsNamed("chunk"u8))
            {
                chunk = fields.Bytes();
            }
            else
            {
                fields.Skip();
            }
        }

        fields.Require(processId is not null, "processId");
        fields.Require(seq is not null, "seq");
        fields.Require(stream is not null, "stream");
        fields.Require(chunk is not null, "chunk");
        return fields.Error is null ? new(processId!.Value, seq!.Value, stream!.Value, chunk!.Value) : default;
    }
}
