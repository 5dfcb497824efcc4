namespace ExecActors.Protocol.Tests.Process;

/// <summary>read, signal and terminate.</summary>
public sealed class ProcessRequestParamsTests
{
    [Theory]
    [InlineData("""{"processId":"p"}""", 0UL, null, 0UL)]
    [InlineData("""{"processId":"p","afterSeq":null,"maxBytes":null,"waitMs":null}""", 0UL, null, 0UL)]
    [InlineData("""{"waitMs":-0,"x":1,"maxBytes":0,"afterSeq":5,"processId":"p"}""", 5UL, 0UL, 0UL)]
    [InlineData("""{"processId":"p","afterSeq":18446744073709551615,"maxBytes":18446744073709551615,"waitMs":18446744073709551615}""", ulong.MaxValue, ulong.MaxValue, ulong.MaxValue)]
    public void A_read_is_read(string json, ulong afterSeq, ulong? maxBytes, ulong waitMs) =>
        Assert.Equal(new ProcessReadParams("p", afterSeq, maxBytes, waitMs), Wire.Accepted<ProcessReadParams>(ProcessReadParams.TryDecode, json));

    [Theory]
    [InlineData("null", "invalid type: null, expected struct ReadParams")]
    [InlineData("{}", "missing field `processId`")]
    [InlineData("""{"afterSeq":"1"}""", "invalid type: string \"1\", expected u64")]
    [InlineData("""{"maxBytes":"1"}""", "invalid type: string \"1\", expected usize")]
    [InlineData("""{"waitMs":true}""", "invalid type: boolean `true`, expected u64")]
    [InlineData("""{"waitMs":[]}""", "invalid type: sequence, expected u64")]
    [InlineData("""{"waitMs":{}}""", "invalid type: map, expected u64")]
    [InlineData("""{"waitMs":-1}""", "invalid number")]
    [InlineData("""{"afterSeq":1.5}""", "invalid number")]
    [InlineData("""{"afterSeq":1.0}""", "invalid number")]
    [InlineData("""{"afterSeq":1e0}""", "invalid number")]
    [InlineData("""{"afterSeq":1E400}""", "invalid number")]
    [InlineData("""{"maxBytes":18446744073709551616}""", "invalid number")]
    [InlineData("""{"maxBytes":-9223372036854775809}""", "invalid number")]
    public void A_bad_read_is_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<ProcessReadParams>(ProcessReadParams.TryDecode, json));

    [Fact]
    public void An_interrupt_is_the_only_signal() =>
        Assert.Equal(
            new ProcessSignalParams("", ProcessSignal.Interrupt),
            Wire.Accepted<ProcessSignalParams>(ProcessSignalParams.TryDecode, """{"signal":"interrupt","processId":""}"""));

    [Theory]
    [InlineData("", "invalid type: null, expected struct SignalParams")]
    [InlineData("""{"processId":"p"}""", "missing field `signal`")]
    [InlineData("""{"signal":"interrupt"}""", "missing field `processId`")]
    [InlineData("""{"signal":"terminate"}""", "unknown variant `terminate`, expected `interrupt`")]
    [InlineData("""{"processId":"p","signal":"SIGINT"}""", "unknown variant `SIGINT`, expected `interrupt`")]
    [InlineData("""{"signal":5}""", "invalid type: number, expected string or map")]
    public void Any_other_signal_is_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<ProcessSignalParams>(ProcessSignalParams.TryDecode, json));

    [Fact]
    public void A_terminate_names_its_process() =>
        Assert.Equal(new ProcessTerminateParams("p"), Wire.Accepted<ProcessTerminateParams>(ProcessTerminateParams.TryDecode, """{"x":{"processId":5},"processId":"p"}"""));

    [Theory]
    [InlineData("\"p\"", "invalid type: string \"p\", expected struct TerminateParams")]
    [InlineData("{}", "missing field `processId`")]
    [InlineData("""{"processId":null}""", "invalid type: null, expected a string")]
    public void A_terminate_without_process_is_refused(string json, string message) =>
        Assert.Equal(message, Wire.Refusal<ProcessTerminateParams>(ProcessTerminateParams.TryDecode, json));

    [Fact]
    public void What_a_client_writes_is_what_a_server_reads()
    {
        var read = new ProcessReadParams("p", 3, 65536, 1000);
        var signal = new ProcessSignalParams("p", ProcessSignal.Interrupt);

        Assert.Equal("""{"processId":"p","afterSeq":3,"maxBytes":65536,"waitMs":1000}""", Wire.Text(Wire.Serialized(read)));
        Assert.Equal("""{"processId":"p","signal":"interrupt"}""", Wire.Text(Wire.Serialized(signal)));
        Assert.Equal(read, Wire.Accepted<ProcessReadParams>(ProcessReadParams.TryDecode, Wire.Text(Wire.Serialized(read))));
    }
}
