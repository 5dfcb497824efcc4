using ExecActors.Testing.Fuzzing;

namespace ExecActors.Protocol.Tests.Fuzz;

/// <summary>Any bytes as params of any method: accepted or refused as a full parse of the same JSON is, with the same value and the same words.</summary>
public sealed class DecoderFuzzTests
{
    [Fact]
    public Task Every_decoder_agrees_with_a_full_parse() => FuzzTarget.RunAsync(nameof(DecoderFuzzTests), "frames.txt", slice: 15_000, Check, Make);

    private static byte[] Make(Random random, IReadOnlyList<byte[]> corpus) =>
        random.Next(3) == 0 ? new ByteMutator(random, corpus).Next() : new JsonMutator(random, corpus).Next();

    private static void Check(byte[] input)
    {
        if (EnvelopeScanner.TryScan(input, out var envelope, out _) && envelope.Kind is MessageKind.Request or MessageKind.Notification)
        {
            var json = input.AsMemory(envelope.ParamsOffset, envelope.ParamsLength);
            var plain = json.IsEmpty ? null : FullParse.Plain(json);
            foreach (var method in MethodsFor(envelope.MethodName, input.Length))
            {
                AssertAgreement(method, json, plain);
            }
        }
        else
        {
            // What no scan has passed is never given to a decoder; it has to be refused or read all the same.
            foreach (var method in MethodsFor("", input.Length))
            {
                AssertDecided(method, ParamsDecoders.Decode(method, input));
            }
        }
    }

    /// <summary>The message's own method, and some other: params of one method are params of another with other words.</summary>
    private static IEnumerable<string> MethodsFor(string method, int length)
    {
        if (ParamsDecoders.Methods.Contains(method, StringComparer.Ordinal))
        {
            yield return method;
        }

        yield return ParamsDecoders.Methods[length % ParamsDecoders.Methods.Count];
    }

    private static void AssertAgreement(string method, ReadOnlyMemory<byte> json, byte[]? plain)
    {
        var found = ParamsDecoders.Decode(method, json);
        AssertDecided(method, found);
        if (plain is not null)
        {
            var expected = ParamsDecoders.Decode(method, plain);
            Assert.True(expected == found, $"{method}: from the full parse {expected}, from the bytes as they came {found}");
        }

        if (found.Value is { Length: > 0 } value && value[0] == '{')
        {
            var again = ParamsDecoders.Decode(method, Wire.Utf8(value));
            Assert.True(string.Equals(again.Value, value, StringComparison.Ordinal), $"{method}: {value} written and read again is {again}");
        }
    }

    private static void AssertDecided(string method, (string? Value, RpcError Error) outcome)
    {
        Assert.True(outcome.Value is null != string.IsNullOrEmpty(outcome.Error.Message), $"{method}: {outcome}");
        Assert.True(outcome.Value is not null || outcome.Error.Code is ErrorCodes.InvalidParams or ErrorCodes.InvalidRequest, $"{method}: {outcome}");
    }
}
