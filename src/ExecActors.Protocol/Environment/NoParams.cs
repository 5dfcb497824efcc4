namespace ExecActors.Protocol;

/// <summary>The params of methods that take none: absent, null or an empty object.</summary>
public static class NoParams
{
    private sealed record Nothing;

    /// <summary>Checks the params slice of a scanned frame; empty when the message has none.</summary>
    /// <param name="paramsJson">The slice.</param>
    /// <param name="error">Why they are refused, always <see cref="ErrorCodes.InvalidParams"/>.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> paramsJson, out RpcError error) =>
        ParamsDecoder.TryDecode(paramsJson, Read, out _, out error);

    private static Nothing? Read(ref FieldReader fields)
    {
        if (fields.EnterOrNull("unit") && fields.NextMember(out _))
        {
            fields.Fail(Errors.InvalidType("map", "unit"));
        }

        return fields.Error is null ? new Nothing() : null;
    }
}
