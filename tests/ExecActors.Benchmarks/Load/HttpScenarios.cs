using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>HTTP requests from the server's network: a small body in one piece, a large one streamed.</summary>
internal static class HttpScenarios
{
    private const int WarmUps = 50;
    private const int Requests = 500;
    private const int StreamBytes = 64 * 1024 * 1024;

    /// <summary>Against a web server of this client, which is on the same machine and takes part in what is measured.</summary>
    public static void Run(ScenarioRun run)
    {
        using var web = new LoadWebServer(StreamBytes);
        using var connection = run.Open();
        for (var i = 0; i < WarmUps; i++)
        {
            Small();
        }

        run.ReportMedianMs("http/request, body of 1,000 bytes, p50", Requests, _ => Small());
        Stream(); // the way of a large body is warm
        run.ReportRate("http/request, streamed body", "MiB/s", StreamBytes / (1024.0 * 1024.0), Stream);

        void Small() => connection.Ask("http/request", $$"""{"method":"GET","url":"http://127.0.0.1:{{web.Port}}/small","requestId":"{{ScenarioRun.NewName()}}"}""");

        void Stream()
        {
            connection.Ask("http/request", $$"""{"method":"GET","url":"http://127.0.0.1:{{web.Port}}/stream","requestId":"{{ScenarioRun.NewName()}}","streamResponse":true}""");
            long characters = 0;
            LoadMessage message;
            do
            {
                message = connection.Next();
                characters += message.Method == WireMethod.HttpBodyDelta ? message.Body.Length : 0;
            }
            while (!IsLast(message));

            if (characters < StreamBytes / 3 * 4)
            {
                throw new LoadException($"a body of {StreamBytes} bytes came in {characters} characters");
            }
        }
    }

    // Decoding the base64 is left out: it would be the larger part of this client's work and is the same for every server.
    private static bool IsLast(LoadMessage message) =>
        message.Method == WireMethod.HttpBodyDelta && message.Body.Length < 1024 && message.Body.Span.IndexOf("\"done\":true"u8) >= 0;
}
