namespace ExecActors.Integration.Tests.Replay;

/// <summary>Every recorded exchange with the reference server, replayed against this one.</summary>
public sealed class TranscriptReplayTests
{
    private static readonly Dictionary<string, string> EnvPolicyServer = new()
    {
        ["USER"] = "demo",
        ["LOGNAME"] = "demo",
        ["SHELL"] = "/bin/bash",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = "C.UTF-8",
        ["TMPDIR"] = "/tmp",
        ["TERM"] = "xterm",
        ["TZ"] = "UTC",
        ["FOO"] = "foo",
        ["FOOBAR"] = "foobar",
        ["MY_API_KEY"] = "k",
        ["Some_Token"] = "t",
        ["MYSECRET"] = "s",
        ["KEYBOARD"] = "kb",
    };

    private static readonly Dictionary<string, string> HeadersServer = new() { ["HDR_SECRET"] = "sekrit" };

    /// <summary>Recordings that hold the reference server's thread numbers, which are other ones each time.</summary>
    private static readonly HashSet<string> UnlikeThemselves = ["sandbox/overrides-and-legacy", "sandbox/process-managed-network"];

    public static TheoryData<string> Names => [.. Transcript.Names.Where(name => !ServerUnderTest.IsReference || !UnlikeThemselves.Contains(name))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_recorded_exchange_goes_the_same_way_here(string name)
    {
        var transcript = Transcript.Load(name);
        foreach (var exemption in Exemption.All.Where(exemption => exemption.Transcript == name && !ServerUnderTest.IsReference))
        {
            exemption.Rewrite(transcript);
        }

        var environment = name switch
        {
            "process/env-policy" => EnvPolicyServer,
            "http/headers" => HeadersServer,
            _ => null,
        };
        await using var server = transcript.IsStdio
            ? ServerProcess.Launch(["--listen", "stdio", .. transcript.ServerArguments], environment)
            : await ServerProcess.StartAsync(transcript.ServerArguments, environment);
        await using (var player = new TranscriptPlayer(transcript, server))
        {
            await player.PlayAsync();
        }

        if (!transcript.IsStdio)
        {
            await server.StopAsync();
        }
    }

    [Fact]
    public void Every_exemption_names_a_transcript_that_is_there() =>
        Assert.All(Exemption.All, exemption => Assert.Contains(exemption.Transcript, Transcript.Names));
}
