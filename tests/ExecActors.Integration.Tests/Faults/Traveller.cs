using System.Globalization;
using System.Text.Json;

namespace ExecActors.Integration.Tests.Faults;

/// <summary>
/// A client with one session and one process, whose connections keep being cut. The process prints numbered lines as its standard input asks;
/// the client repeats an order until it is answered, and reads what it missed. So a lost or doubled order shows as much as lost or doubled output.
/// </summary>
internal sealed partial class Traveller : IDisposable
{
    private const string ProcessId = "p";
    private const int KeptLog = 4000; // characters of the server's log in a failure's text
    private const int OtherStream = 500; // added to a stream's number for standard error
    private readonly ServerProcess _server;
    private readonly Random _random;
    private readonly int _linesAtOnce;
    private readonly SmallDisk? _disk;
    private readonly NumberedLines _out;
    private readonly NumberedLines _err;
    private readonly ProcessView _view;
    private readonly FileTree _folder = new();
    private readonly Queue<string> _trail = new();
    private FaultLink _link;
    private string _sessionId = "";
    private long _outOrdered;
    private long _errOrdered;
    private long _orders;
    private string? _openOrder;
    private bool _isLast;

    private Traveller(ServerProcess server, int number, int seed, int linesAtOnce, FaultLink link, SmallDisk? disk)
    {
        (_server, _random, _linesAtOnce, _link, _disk) = (server, new Random(seed), linesAtOnce, link, disk);
        (_out, _err) = (new NumberedLines(number), new NumberedLines(number + OtherStream));
        _view = new ProcessView(new Dictionary<string, NumberedLines> { ["stdout"] = _out, ["stderr"] = _err }, mayLose: disk is not null);
    }

    /// <summary>Cuts that struck so far.</summary>
    public int Cuts { get; private set; }

    /// <summary>Bytes of output that came, each once and in its place.</summary>
    public long Bytes => _out.Position + _err.Position;

    /// <summary>Records of output that were lost and said to be.</summary>
    public long Gone => _view.Lost;

    /// <summary>What it did last and what the server logged last, for a failure's text.</summary>
    public string Trail => string.Join(Environment.NewLine, _trail.Append("stderr says: " + (_server.Log is var log && log.Length > KeptLog ? log[^KeptLog..] : log)));

    /// <summary>Opens a session and starts the process.</summary>
    /// <param name="server">Where.</param>
    /// <param name="number">Of its streams, 100 to 499.</param>
    /// <param name="seed">Decides its faults.</param>
    /// <param name="linesAtOnce">Ordered at once at most. What a cut leaves unread has to be within what the server keeps.</param>
    /// <param name="disk">The server's disk if it is to be full now and then; then output may be gone when the server says so.</param>
    public static async Task<Traveller> SetOutAsync(ServerProcess server, int number, int seed, int linesAtOnce, SmallDisk? disk = null)
    {
        var traveller = new Traveller(server, number, seed, linesAtOnce, await FaultLink.ConnectAsync(server.Endpoint, Cut.Never), disk);
        await traveller._link.UpgradedAsync();
        await traveller.SendAsync(1, "initialize", new JObject { ["clientName"] = "traveller" });
        using (var answer = await traveller.AnswerAsync(1))
        {
            traveller._sessionId = answer!.RootElement.GetProperty("result").GetProperty("sessionId").GetString()!;
        }

        await traveller._link.SendAsync("""{"method":"initialized"}""");
        var start = WireClient.ScriptParams(
            ProcessId, $"echo $$ >{traveller._folder.At("pid")}; while read -r first last fd; do seq $first $last >&$fd; done");
        start["pipeStdin"] = true;
        await traveller.SendAsync(2, "process/start", start);
        (await traveller.AnswerAsync(2))!.Dispose();
        return traveller;
    }

    /// <summary>Lives through so many cuts, then lets the process end and checks the whole.</summary>
    public async Task TravelAsync(int cuts)
    {
        _link.Strike();
        while (!_view.IsClosed)
        {
            _isLast = Cuts >= cuts;
            await DetourAsync();
            await ReconnectAsync(Cuts >= cuts + 20 ? Cut.Never : Cut.Next(_random));
            await LiveAsync();
            Cuts++;
        }

        if (_view.ExitCode != 0 || !HasAll)
        {
            throw new FaultFoundException($"closed with exit code {_view.ExitCode} after {Bytes} bytes; {_outOrdered} and {_errOrdered} lines were ordered");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        _folder.Dispose();
    }

    // After a loss more has to be ordered to know where a stream is.
    private bool HasAll => HasAllOf(_out, _outOrdered) && HasAllOf(_err, _errOrdered);

    private static bool HasAllOf(NumberedLines lines, long ordered) => !lines.IsLocated || lines.Position == ordered * NumberedLines.LineBytes;

    /// <summary>Takes what comes until the connection ends or the process has.</summary>
    private async Task LiveAsync()
    {
        if (_random.Next(24) == 0)
        {
            await StallAsync();
        }

        do
        {
            await OrderAsync();
        }
        while (!_view.IsClosed && await TakeAsync());

        Note($"connection ended at {Bytes} of {(_outOrdered + _errOrdered) * NumberedLines.LineBytes}, {(_link.IsCut ? "cut" : _link.Ending)}");
        if (!_link.IsCut && !_view.IsClosed && !WasTakenByStray())
        {
            throw new FaultFoundException($"the server ended the connection: {_link.Ending}");
        }
    }

    private async Task<bool> TakeAsync()
    {
        if (await _link.ReceiveAsync() is not { } bytes)
        {
            return false;
        }

        using var message = JsonDocument.Parse(bytes);
        Take(message.RootElement);
        return true;
    }

    private void Take(JsonElement message)
    {
        if (message.TryGetProperty("method", out var method))
        {
            _view.Notified(method.GetString()!, message.GetProperty("params"));
            return;
        }

        if (!message.TryGetProperty("result", out var result))
        {
            throw new FaultFoundException($"a request was refused: {message}");
        }

        if (result.TryGetProperty("chunks", out _))
        {
            _view.CaughtUp(_readAfter, result);
        }
        else if (result.GetProperty("status").GetString() == "accepted")
        {
            _openOrder = null;
        }
        else
        {
            throw new FaultFoundException($"an order was answered {result}");
        }
    }

    /// <summary>Orders more lines once all that was ordered has come and the order was answered.</summary>
    private async Task OrderAsync()
    {
        if (_openOrder is not null || !HasAll || _isInputClosed)
        {
            return;
        }

        _orders++;
        _isInputClosed = _isLast;
        var text = _isLast ? "" : NextOrder();
        var order = WireClient.WriteParams(ProcessId, System.Text.Encoding.ASCII.GetBytes(text), _orders.ToString(CultureInfo.InvariantCulture));
        order["closeStdin"] = _isLast;
        _openOrder = Request(1000 + _orders, "process/write", order);
        await _link.SendAsync(_openOrder);
    }

    /// <summary>One or two runs of lines, on either stream: few or many.</summary>
    private string NextOrder()
    {
        var text = new System.Text.StringBuilder();
        for (var runs = _random.Next(1, 3); runs > 0; runs--)
        {
            var count = _random.Next(4) == 0 ? _random.Next(1, _linesAtOnce / 2) : _random.Next(1, 500);
            if (_random.Next(3) > 0)
            {
                text.Append(_out.Arguments(_outOrdered + 1, count)).Append(" 1\n");
                _outOrdered += count;
            }
            else
            {
                text.Append(_err.Arguments(_errOrdered + 1, count)).Append(" 2\n");
                _errOrdered += count;
            }
        }

        return text.ToString();
    }

    private Task SendAsync(long id, string method, JObject parameters) => _link.SendAsync(Request(id, method, parameters));

    private static string Request(long id, string method, JObject parameters) =>
        new JObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToString(Newtonsoft.Json.Formatting.None);

    /// <summary>The answer with this id, everything else being taken; null when the connection has ended.</summary>
    private async Task<JsonDocument?> AnswerAsync(long id)
    {
        while (await _link.ReceiveAsync() is { } bytes)
        {
            var message = JsonDocument.Parse(bytes.ToArray());
            if (message.RootElement.TryGetProperty("id", out var answered) && answered.GetInt64() == id)
            {
                return message;
            }

            using (message)
            {
                Take(message.RootElement);
            }
        }

        return null;
    }

    private void Note(string what)
    {
        _trail.Enqueue(string.Create(CultureInfo.InvariantCulture, $"  cut {Cuts}: {what}"));
        if (_trail.Count > 12)
        {
            _trail.Dequeue();
        }
    }
}
