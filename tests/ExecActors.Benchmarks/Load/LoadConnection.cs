using System.Net;
using System.Net.Sockets;
using System.Text;

using ExecActors.Protocol;

namespace ExecActors.Benchmarks.Load;

/// <summary>What a server sent. Its memory is good until the next message is taken from the connection.</summary>
/// <param name="Method">The notification; <see cref="WireMethod.Unknown"/> for an answer.</param>
/// <param name="Id">The request that is answered; 0 for a notification.</param>
/// <param name="Body">Params of a notification, result of an answer.</param>
internal readonly record struct LoadMessage(WireMethod Method, long Id, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether it answers a request.</summary>
    public bool IsAnswer => Id != 0;
}

/// <summary>A WebSocket client that costs little: one blocking socket, one thread, no copies of what is received.</summary>
/// <remarks>
/// It masks with a key of zeros, which is legal, saves a pass over the data, and changes nothing for the server. Requests are gathered until <see cref="Flush"/>.
/// </remarks>
internal sealed partial class LoadConnection : IDisposable
{
    private const int AnswerPatienceMs = 60_000;

    private readonly Socket _socket;
    private readonly bool _quickAck;
    private long _lastId;

    private LoadConnection(Socket socket, bool quickAck)
    {
        _socket = socket;
        _quickAck = quickAck;
    }

    /// <summary>The socket, to be waited for together with others.</summary>
    public Socket Socket => _socket;

    /// <summary>The session it is attached to.</summary>
    public string SessionId { get; private set; } = "";

    /// <summary>Connects to a loopback port and attaches to a new session, or to the one named.</summary>
    /// <exception cref="LoadException">The server refuses.</exception>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public static LoadConnection Open(int port, bool quickAck, string? resume = null)
    {
        var connection = Connect(port, quickAck);
        try
        {
            connection.Initialize(resume);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Connects without the handshake of the protocol.</summary>
    public static LoadConnection Connect(int port, bool quickAck)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = AnswerPatienceMs };
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            var connection = new LoadConnection(socket, quickAck);
            connection.Upgrade(port);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The handshake of the protocol.</summary>
    public void Initialize(string? resume = null)
    {
        var session = resume is null ? "null" : $"\"{resume}\"";
        var response = WireJson.Read<InitializeResponse>(Ask("initialize", $$"""{"clientName":"bench","resumeSessionId":{{session}}}""").Body)
            ?? throw new LoadException("initialize was answered null");
        SessionId = response.SessionId;
        Send("{\"method\":\"initialized\",\"params\":{}}"u8);
        Flush();
    }

    /// <summary>Queues a request.</summary>
    /// <returns>Its id.</returns>
    public long Post(string method, string parameters) => Post(method, Encoding.UTF8.GetBytes(parameters));

    /// <summary>Queues a request.</summary>
    public long Post(string method, ReadOnlySpan<byte> parameters)
    {
        var id = ++_lastId;
        _message.ResetWrittenCount();
        Write($"{{\"id\":{id},\"method\":\"{method}\",\"params\":");
        parameters.CopyTo(_message.GetSpan(parameters.Length));
        _message.Advance(parameters.Length);
        Write("}");
        Send(_message.WrittenSpan);
        return id;
    }

    /// <summary>Sends a request and waits for its answer; what comes before is passed over.</summary>
    /// <exception cref="LoadException">It was refused.</exception>
    public LoadMessage Ask(string method, string parameters) => Ask(method, Encoding.UTF8.GetBytes(parameters));

    /// <summary>Sends a request and waits for its answer; what comes before is passed over.</summary>
    public LoadMessage Ask(string method, ReadOnlySpan<byte> parameters)
    {
        var id = Post(method, parameters);
        Flush();
        while (true)
        {
            var message = Next();
            if (message.Id == id)
            {
                return message;
            }
        }
    }

    /// <summary>Keeps so many requests in flight until all were answered; every answer has to be a success.</summary>
    /// <param name="count">How many in all.</param>
    /// <param name="width">How many at once.</param>
    /// <param name="post">Queues the request with that number, from 0.</param>
    public void Pipeline(int count, int width, Action<int> post)
    {
        var sent = 0;
        for (var answered = 0; answered < count;)
        {
            while (sent < count && sent - answered < width)
            {
                post(sent++);
            }

            Flush();
            do
            {
                answered += Next().IsAnswer ? 1 : 0;
            }
            while (answered < count && HasMessage);
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="LoadException">It is a refusal, or none came in a minute.</exception>
    public LoadMessage Next()
    {
        var frame = NextFrame();
        if (!EnvelopeScanner.TryScan(frame.Span, out var envelope, out var problem))
        {
            throw new LoadException($"the server sent something that is no message: {problem}");
        }

        if (envelope.Kind == MessageKind.Notification)
        {
            return new LoadMessage(envelope.Method, 0, envelope.Params(frame));
        }

        return envelope.Error is { } error
            ? throw new LoadException($"request {envelope.Id} was refused: {error.Code} {error.Message}", error.Code)
            : new LoadMessage(WireMethod.Unknown, envelope.Id.Number, envelope.Result(frame));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Write(string text) => _message.Advance(Encoding.UTF8.GetBytes(text, _message.GetSpan(text.Length * 3)));
}

/// <summary>A scenario cannot go on: the server refused something, or sent what it must not.</summary>
internal sealed class LoadException(string message, int code = 0) : Exception(message)
{
    /// <summary>The error code of a refused request; else 0.</summary>
    public int Code => code;
}
