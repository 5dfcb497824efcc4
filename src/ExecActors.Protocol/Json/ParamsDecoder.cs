using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;

namespace ExecActors.Protocol;

/// <summary>Runs a params type's reading method over a params slice.</summary>
internal static class ParamsDecoder
{
    private static readonly byte[] s_null = "null"u8.ToArray();

    /// <summary>Reads one struct. It notes the first thing wrong in the reader, and its result is not used then.</summary>
    public delegate T? Read<out T>(ref FieldReader fields)
        where T : class;

    /// <summary><see cref="Read{T}"/> for messages whose members are taken from their bytes.</summary>
    public delegate T? ReadBytes<out T>(ref ByteFieldReader fields)
        where T : class;

    public static bool TryDecodeBytes<T>(
        ReadOnlyMemory<byte> paramsJson, ReadBytes<T> read, [NotNullWhen(true)] out T? value, out RpcError error)
        where T : class
    {
        var fields = new ByteFieldReader(paramsJson);
        value = read(ref fields);
        error = fields.Error ?? default;
        value = fields.Error is null ? value : null;
        return fields.Error is not null || value is not null
            ? value is not null
            : throw new InvalidOperationException("A params reader returned nothing and no error.");
    }

    public static bool TryDecode<T>(ReadOnlyMemory<byte> paramsJson, Read<T> read, [NotNullWhen(true)] out T? value, out RpcError error)
        where T : class
    {
        var json = paramsJson.IsEmpty ? s_null : paramsJson; // absent params are null params
        try
        {
            return TryOnce(json, read, out value, out error);
        }
        catch (JsonReaderException) when (LongNumbers.Shorten(json.Span) is { } shortened)
        {
            return TryDecode(shortened, read, out value, out error);
        }
        catch (JsonReaderException e)
        {
            // Only bytes that no envelope scan has passed come here.
            value = null;
            error = Errors.InvalidParams($"params are not JSON: {Echo.Of(e.Message)}");
            return false;
        }
    }

    private static bool TryOnce<T>(ReadOnlyMemory<byte> json, Read<T> read, [NotNullWhen(true)] out T? value, out RpcError error)
        where T : class
    {
        using var text = new Utf8TextReader(json);
        using var reader = new JsonTextReader(text)
        {
            ArrayPool = JsonCharPool.Shared,
            PropertyNameTable = WireNames.Table,
            DateParseHandling = DateParseHandling.None,
            MaxDepth = JsonLimits.Depth,
        };
        var fields = new FieldReader(reader, json);
        value = read(ref fields);
        if (fields.Error is { } first)
        {
            value = null;
            error = first;
            return false;
        }

        error = default;
        return value is not null ? true : throw new InvalidOperationException("A params reader returned nothing and no error.");
    }
}
