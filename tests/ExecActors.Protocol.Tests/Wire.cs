using System.Buffers;
using System.Text;
using Newtonsoft.Json.Linq;

namespace ExecActors.Protocol.Tests;

/// <summary>Short ways to bytes and back.</summary>
internal static class Wire
{
    public delegate bool Decoder<T>(ReadOnlyMemory<byte> json, out T? value, out RpcError error);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    public static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static byte[] Serialized(object value)
    {
        var output = new ArrayBufferWriter<byte>();
        WireJson.Write(output, value);
        return output.WrittenSpan.ToArray();
    }

    public static T Deserialized<T>(string json)
        where T : class => WireJson.Read<T>(Utf8(json)) ?? throw new InvalidOperationException("null");

    /// <summary>The refusal of params, which must be one.</summary>
    public static string Refusal<T>(Decoder<T> decode, string json)
    {
        Assert.False(decode(Utf8(json), out var value, out var error), $"accepted: {value}");
        Assert.Equal(ErrorCodes.InvalidParams, error.Code);
        return error.Message;
    }

    public static T Accepted<T>(Decoder<T> decode, string json)
        where T : class
    {
        Assert.True(decode(Utf8(json), out var value, out var error), error.Message);
        return value!;
    }

    public static Envelope Scanned(string frame)
    {
        Assert.True(EnvelopeScanner.TryScan(Utf8(frame), out var envelope, out var problem), problem);
        return envelope;
    }

    public static string Problem(string frame) => Problem(Utf8(frame));

    public static string Problem(byte[] frame)
    {
        Assert.False(EnvelopeScanner.TryScan(frame, out _, out var problem));
        return problem;
    }

    public static bool SameJson(string a, string b) => JToken.DeepEquals(JToken.Parse(a), JToken.Parse(b));
}
