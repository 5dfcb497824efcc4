using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace ExecActors.Server.Running;

/// <summary>The signals that are meant for the command: SIGINT, SIGTERM and SIGHUP, unless our caller had them ignored.</summary>
internal sealed class RunSignals : IDisposable
{
    /// <summary>The number of SIGINT.</summary>
    public const int Interrupt = 2;

    private static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, Interrupt), (PosixSignal.SIGTERM, 15)];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Channel<int> _received = Channel.CreateUnbounded<int>(); // one entry per signal that a person or a supervisor sends
    private readonly CancellationTokenSource _first = new();
    private int _firstNumber;

    /// <summary>Begins to hear signals.</summary>
    public RunSignals()
    {
        var ignored = IgnoredSignals();
        foreach (var (signal, number) in s_signals)
        {
            // nohup, and a shell that starts a background job, ignore a signal on the command's behalf.
            if ((ignored >> (number - 1) & 1) == 0)
            {
                _registrations.Add(PosixSignalRegistration.Create(signal, context => OnSignal(context, number)));
            }
        }
    }

    /// <summary>Cancelled by the first signal, for as long as there is no command to pass it on to.</summary>
    public CancellationToken First => _first.Token;

    /// <summary>The number of the first signal; 0 before.</summary>
    public int FirstNumber => Volatile.Read(ref _firstNumber);

    /// <summary>The numbers of all signals, the first included.</summary>
    public ChannelReader<int> Received => _received.Reader;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _received.Writer.TryComplete();
        _first.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        _received.Writer.TryWrite(number);
        if (Interlocked.CompareExchange(ref _firstNumber, number, 0) == 0)
        {
            _first.Cancel();
        }
    }

    private static ulong IgnoredSignals()
    {
        const string Field = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return ulong.Parse(line[Field.Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
