using System.Text;
using System.Threading.Channels;
using ExecActors.Client.Transports;
using ExecActors.Testing;
using Newtonsoft.Json.Linq;

namespace ExecActors.Client.Tests.Support;

/// <summary>A transport in memory, at whose other end the test is the server.</summary>
internal sealed class ScriptedServer : IClientTransport
{
    private const string Info = """{"shell":{"name":"sh","path":"/bin/sh"},"cwd":"file:///work","capabilities":{"processCloseStdin":true}}""";
    private const string OldInfo = """{"shell":{"name":"sh","path":"/bin/sh"},"cwd":"file:///work"}""";

    private readonly Channel<byte[]> _toClient = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<JObject> _fromClient = Channel.CreateUnbounded<JObject>();
    private int _taken;

    public string Peer => "the script";

    /// <summary>How many messages the client has taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public bool IsDisposed { get; private set; }

    /// <summary>A client that has its session.</summary>
    public static async Task<(ScriptedServer Server, ExecClient Client)> OpenAsync(ExecClientOptions? options = null, bool old = false)
    {
        var server = new ScriptedServer();
        var opening = ExecClient.OpenAsync(server, options ?? new ExecClientOptions(), CancellationToken.None);
        var initialize = await server.HearAsync("initialize");
        server.Answer(initialize, $$"""{"sessionId":"s-1","environmentInfo":{{(old ? OldInfo : Info)}}}""");
        var client = await opening.SoonAsync();
        await server.HearAsync("initialized");
        return (server, client);
    }

    /// <summary>A process that was asked for and answered.</summary>
    public async Task<RemoteProcess> StartAsync(ExecClient client, bool pipeInput = false)
    {
        var starting = client.StartProcessAsync(new ProcessStartRequest { Command = ["program"], PipeInput = pipeInput });
        var start = await HearAsync("process/start");
        Answer(start, $$"""{"processId":"{{start["params"]!["processId"]}}","sandboxType":"none"}""");
        return await starting.SoonAsync();
    }

    /// <summary>The client's next message, which has to be of this method.</summary>
    public async Task<JObject> HearAsync(string method)
    {
        var message = await HearAnyAsync();
        Assert.Equal(method, (string?)message["method"]);
        return message;
    }

    public Task<JObject> HearAnyAsync() => _fromClient.Reader.ReadAsync().AsTask().SoonAsync();

    public void Say(string json) => _toClient.Writer.TryWrite(Encoding.UTF8.GetBytes(json));

    public void Answer(JObject request, string result) => Say($$"""{"id":{{request["id"]}},"result":{{result}}}""");

    public void Refuse(JObject request, int code, string message) =>
        Say($$$"""{"error":{"code":{{{code}}},"message":"{{{message}}}"},"id":{{{request["id"]}}}}""");

    public void Output(ulong seq, string text, string stream = "stdout", string process = "p-1") => Say(
        $$$"""{"method":"process/output","params":{"processId":"{{{process}}}","seq":{{{seq}}},"stream":"{{{stream}}}","chunk":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}}}"}}""");

    public void Exit(ulong seq, int code, string process = "p-1") => Say(
        $$$"""{"method":"process/exited","params":{"processId":"{{{process}}}","seq":{{{seq}}},"exitCode":{{{code}}},"sandboxDenied":false}}""");

    public void Closed(ulong seq, string process = "p-1") => Say($$$"""{"method":"process/closed","params":{"processId":"{{{process}}}","seq":{{{seq}}}}}""");

    /// <summary>The connection ends.</summary>
    public void End(string reason) => _toClient.Writer.TryComplete(new IOException(reason));

    async ValueTask<ReadOnlyMemory<byte>> IClientTransport.ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var message = await _toClient.Reader.ReadAsync(cancellationToken);
            Interlocked.Increment(ref _taken);
            return message;
        }
        catch (ChannelClosedException e)
        {
            throw new IOException(e.InnerException?.Message ?? "it took leave", e);
        }
    }

    ValueTask IClientTransport.SendAsync(MessageBuffer message, CancellationToken cancellationToken)
    {
        _fromClient.Writer.TryWrite(JObject.Parse(Encoding.UTF8.GetString(message.Written.Span)));
        return ValueTask.CompletedTask;
    }

    ValueTask IClientTransport.EndSendingAsync(CancellationToken cancellationToken)
    {
        _toClient.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }
}
