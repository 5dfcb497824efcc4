using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A listener on loopback; each connection to it becomes the standard input and output of a command of its own.</summary>
/// <remarks>Owns the commands it started: disposing ends them, and all connections.</remarks>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string[] _command;
    private readonly Task _accepting;

    /// <summary>Listens.</summary>
    public TcpRelay(string[] command)
    {
        _command = command;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true)
            {
                carried.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carried);
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var process = Process.Start(new ProcessStartInfo(_command[0], _command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        using (client)
        {
            var stream = client.GetStream();
            await Task.WhenAny(
                PassAsync(stream, process.StandardInput.BaseStream), PassAsync(process.StandardOutput.BaseStream, stream), process.WaitForExitAsync(_end.Token));
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    private async Task PassAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _end.Token) is > 0 and var count)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _end.Token);
                await to.FlushAsync(_end.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // one of the two has ended, and with it the connection
        }
    }
}
