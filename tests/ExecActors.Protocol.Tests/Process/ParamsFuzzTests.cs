using ExecActors.Protocol.Tests.Envelopes;
using FsCheck;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.Process;

public sealed class ParamsFuzzTests
{
    [Property(MaxTest = 1000)]
    public void Any_JSON_is_accepted_or_refused_with_a_text(DoNotSize<int> seed)
    {
        var json = new RandomJson(seed.Item);
        string[] names = ["processId", "argv", "cwd", "env", "tty", "envPolicy", "sandbox", "metadata", "chunk", "writeId", "afterSeq", "signal", "clientName"];
        var members = names.Where(_ => json.Random.Next(3) == 0).Select(name => $"\"{name}\":{json.Value(3)}");

        AssertDecided(Wire.Utf8($"{{{string.Join(',', members)}}}"));
        AssertDecided(Wire.Utf8(json.Value(5)));
    }

    [Property(MaxTest = 1000)]
    public void Bytes_that_no_scan_has_passed_are_refused_too(DoNotSize<int> seed, byte[] noise)
    {
        var json = new RandomJson(seed.Item);
        var mutated = Wire.Utf8($"{{\"processId\":\"p\",\"argv\":[\"a\"],\"chunk\":\"\",\"writeId\":\"w\",\"x\":{json.Value(3)},\"afterSeq\":1}}");
        mutated[json.Random.Next(mutated.Length)] = (byte)json.Random.Next(256);

        AssertDecided(mutated);
        AssertDecided(mutated[..json.Random.Next(mutated.Length)]);
        AssertDecided(noise);
    }

    private static void AssertDecided(byte[] json)
    {
        AssertText(InitializeParams.TryDecode(json, out _, out var initialize), initialize);
        AssertText(NoParams.TryDecode(json, out var none), none);
        AssertText(ProcessStartParams.TryDecode(json, out _, out var start), start);
        AssertText(ProcessReadParams.TryDecode(json, out _, out var read), read);
        AssertText(ProcessWriteParams.TryDecode(json, out _, out var write), write);
        AssertText(ProcessSignalParams.TryDecode(json, out _, out var signal), signal);
        AssertText(ProcessTerminateParams.TryDecode(json, out _, out var terminate), terminate);
        AssertText(OutputReader.TryRead(json, out _, out var output), output);
    }

    private static void AssertText(bool accepted, RpcError error) => Assert.Equal(accepted, string.IsNullOrEmpty(error.Message));
}
