using System.Runtime.InteropServices;

namespace ExecActors.Platform;

/// <summary>Tells of SIGHUP, SIGINT and SIGTERM instead of ending the program, until it is disposed. Those that were ignored at the start stay so.</summary>
/// <remarks>
/// The runtime tells of SIGINT and SIGTERM on a thread that it makes then, and ends the program at once when the system has none to give. So a thread waits here from
/// the start. Nothing compiled from C# may run as the handler, so this is a few bytes of machine code that write the number to a pipe. Where that cannot be had
/// (not x86-64, no executable memory) the runtime's way has to do.
/// </remarks>
public sealed class StopSignals : IDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] _signals =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];

    private readonly List<PosixSignalRegistration> _registrations;
    private readonly SignalPipe? _pipe;

    /// <summary>Begins.</summary>
    /// <param name="received">Told the signal and its number, on any thread, one at a time where the pipe can be had. Must not throw.</param>
    public StopSignals(Action<PosixSignal, int> received)
    {
        ArgumentNullException.ThrowIfNull(received);

        // First, so that the runtime has done to these signals whatever it does, and is no further party to them.
        _registrations = [.. _signals.Select(one => PosixSignalRegistration.Create(one.Signal, context =>
        {
            context.Cancel = true;
            received(one.Signal, one.Number);
        }))];
        _pipe = SignalPipe.TryOpen(_signals.Select(one => one.Number), number => received(_signals.First(one => one.Number == number).Signal, number));
    }

    /// <summary>The signals do again what they did before.</summary>
    public void Dispose()
    {
        _pipe?.Dispose();
        _registrations.ForEach(registration => registration.Dispose());
    }
}
