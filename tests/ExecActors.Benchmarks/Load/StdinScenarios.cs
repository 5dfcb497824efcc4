using System.Globalization;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>Standard input: how fast a key press comes back, and how fast much of it goes in.</summary>
internal static class StdinScenarios
{
    private const int EchoBytes = 32;
    private const int WarmUps = 10;
    private const int Echoes = 60;
    private const int BulkBytes = 96 * 1024 * 1024;
    private const int WriteBytes = 256 * 1024;
    private const int Width = 4;

    /// <summary>32 bytes through <c>cat</c>, by pipe and terminal; 96 MiB into a program.</summary>
    public static void Run(ScenarioRun run)
    {
        using var connection = run.Open();
        run.Report("stdin echo of 32 bytes, pipe, p50", "ms", Better.Lower, Echo(connection, tty: false, "/bin/cat"));
        run.Report(
            "stdin echo of 32 bytes, terminal, p50", "ms", Better.Lower, Echo(connection, tty: true, "/bin/sh", "-c", "stty raw -echo; printf ready; exec cat"));

        var name = connection.Start(tty: false, stdin: true, "/bin/sh", "-c", $"exec head -c {BulkBytes} >/dev/null");
        var writes = Writes(name, new byte[WriteBytes]);
        run.ReportRate("stdin, writes of 256 KiB", "MiB/s", BulkBytes / (1024.0 * 1024.0), () =>
        {
            connection.Pipeline(BulkBytes / WriteBytes, Width, i => connection.Post("process/write", writes(i)));
            connection.ReadToClose(name);
        });
    }

    private static double Echo(LoadConnection connection, bool tty, params IEnumerable<string> argv)
    {
        var name = connection.Start(tty, stdin: true, argv);
        if (tty)
        {
            Await(connection, name, "ready".Length);
        }

        var writes = Writes(name, new byte[EchoBytes]);
        var number = 0;
        ScenarioRun.MedianMs(WarmUps, _ => Once());
        var median = ScenarioRun.MedianMs(Echoes, _ => Once());
        connection.End(name);
        return median;

        void Once()
        {
            connection.Post("process/write", writes(number++));
            connection.Flush();
            Await(connection, name, EchoBytes);
        }
    }

    private static void Await(LoadConnection connection, string processId, int bytes)
    {
        var name = Remote.Utf8(processId);
        var output = new OutputCount();
        while (output.Bytes < bytes)
        {
            var message = connection.Next();
            if (message.Method == WireMethod.ProcessOutput)
            {
                output.Add(message.Body, name);
            }
        }
    }

    // The bytes are encoded once; only the name of the write changes, at the end.
    private static Func<int, byte[]> Writes(string processId, byte[] bytes)
    {
        const int Digits = 8;
        var parameters = Remote.Utf8($$"""{"processId":"{{processId}}","chunk":"{{Convert.ToBase64String(bytes)}}","writeId":"{{new string('0', Digits)}}"}""");
        return number =>
        {
            number.TryFormat(parameters.AsSpan(parameters.Length - Digits - 2), out _, "D8", CultureInfo.InvariantCulture);
            return parameters;
        };
    }
}
