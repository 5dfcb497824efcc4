using System.Text;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>How a connection ended, as the client saw it.</summary>
/// <param name="CloseCode">The close frame's code; null when none came.</param>
/// <param name="Reason">The close frame's reason, else <c>end</c> or <c>reset</c>.</param>
public sealed record Ending(int? CloseCode, string Reason);

/// <summary>Whole messages both ways, over whatever transport.</summary>
public abstract class MessagePipe : IAsyncDisposable
{
    /// <summary>How it ended; null while it has not.</summary>
    public Ending? Ending { get; protected set; }

    /// <summary>Sends one message.</summary>
    public abstract Task SendAsync(string text);

    /// <summary>The next message; null at the end.</summary>
    public abstract Task<string?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Closes it from our side.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>One message per WebSocket message.</summary>
public sealed class WebSocketPipe(RawWebSocket socket) : MessagePipe
{
    /// <summary>The socket underneath.</summary>
    public RawWebSocket Socket => socket;

    /// <inheritdoc/>
    public override Task SendAsync(string text) => socket.SendTextAsync(text);

    /// <inheritdoc/>
    public override async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await socket.ReceiveFrameAsync(cancellationToken) is { } frame)
        {
            switch (frame.Opcode)
            {
                case WebSocketOpcode.Text or WebSocketOpcode.Continuation:
                    text.Append(frame.Text);
                    if (frame.Final)
                    {
                        return text.ToString();
                    }

                    break;
                case WebSocketOpcode.Ping:
                    await socket.SendFrameAsync(WebSocketOpcode.Pong, frame.Payload, cancellationToken: cancellationToken);
                    break;
                case WebSocketOpcode.Close:
                    Ending = new Ending(frame.CloseCode, frame.CloseReason);
                    await AnswerCloseAsync(frame);
                    return null;
                case WebSocketOpcode.Binary:
                    throw new InvalidDataException("the server sent a binary frame");
                case WebSocketOpcode.Pong:
                default:
                    break;
            }
        }

        Ending = new Ending(null, socket.Connection.Ending);
        return null;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AnswerCloseAsync(WebSocketFrame close)
    {
        try
        {
            await socket.SendFrameAsync(WebSocketOpcode.Close, close.Payload.AsMemory(0, Math.Min(2, close.Payload.Length)));
        }
        catch (IOException)
        {
            // the server did not wait for it
        }
    }
}

/// <summary>One message per line over a server's standard input and output.</summary>
public sealed class StdioPipe(ServerProcess server) : MessagePipe
{
    /// <inheritdoc/>
    public override async Task SendAsync(string text)
    {
        await server.Input.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"));
        await server.Input.FlushAsync();
    }

    /// <summary>Sends these bytes as they are.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        await server.Input.WriteAsync(bytes);
        await server.Input.FlushAsync();
    }

    /// <summary>Ends the server's standard input.</summary>
    public void EndInput() => server.Input.Close();

    /// <inheritdoc/>
    public override async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var line = await server.Output.ReadLineAsync(cancellationToken);
        if (line is null)
        {
            Ending = new Ending(null, "end");
        }

        return line;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
