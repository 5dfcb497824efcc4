namespace ExecActors.Server.Serving;

/// <summary>Ends the server when its standard input ends, which tells that the program that started it is gone.</summary>
/// <remarks>Reading can only block and cannot be interrupted, so it has a background thread, which lasts as long as the program.</remarks>
internal sealed class StdinWatch(Func<Stream> openInput, IHostApplicationLifetime lifetime, ILogger<StdinWatch> log) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Watch, 128 * 1024) { Name = "stdin watch", IsBackground = true }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        try
        {
            using var input = openInput();
            Span<byte> ignored = stackalloc byte[512];
            while (input.Read(ignored) > 0)
            {
                // what is written there means nothing
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A standard input that cannot be read has ended as far as anyone can tell.
        }

        ServerLog.StdinEnded(log);
        lifetime.StopOnceStarted();
    }
}
