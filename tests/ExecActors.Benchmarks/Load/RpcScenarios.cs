namespace ExecActors.Benchmarks.Load;

/// <summary>Requests that need no process: what the way there and back costs.</summary>
internal static class RpcScenarios
{
    private const int WarmUps = 2_000;
    private const int Alone = 2_000;
    private const int Together = 40_000;
    private const int Width = 64;

    /// <summary>process/read of a finished process and environment/info, alone and 64 in flight.</summary>
    public static void Requests(ScenarioRun run)
    {
        using var connection = run.Open();
        var name = connection.Start(tty: false, stdin: false, "/bin/true");
        connection.ReadToClose(name);
        var read = Remote.Utf8($$"""{"processId":"{{name}}","afterSeq":0,"maxBytes":65536,"waitMs":0}""");
        connection.Pipeline(WarmUps, Width, _ => connection.Post("process/read", read));

        run.ReportMedianMs("process/read, one at a time, p50", Alone, _ => connection.Ask("process/read", read));
        run.ReportRate("process/read, 64 in flight", "/s", Together, () => connection.Pipeline(Together, Width, _ => connection.Post("process/read", read)));
        run.ReportRate(
            "environment/info, 64 in flight", "/s", Together / 4, () => connection.Pipeline(Together / 4, Width, _ => connection.Post("environment/info", "{}"u8)));
    }
}
