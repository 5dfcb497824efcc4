using ExecActors.Client;

namespace ExecActors.Server.Running;

/// <summary>Passes signals on to the command: the first SIGINT as an interrupt, anything further as its end.</summary>
internal sealed class SignalRelay(RunSignals signals, RemoteProcess process)
{
    private int _endedBy;

    /// <summary>The signal other than SIGINT for which the command was ended; 0 when there was none.</summary>
    public int EndedBy => Volatile.Read(ref _endedBy);

    /// <summary>Runs until the signals are disposed. Never faults.</summary>
    public async Task RunAsync()
    {
        var isInterrupted = false;
        var isEnding = false;
        await foreach (var number in signals.Received.ReadAllAsync())
        {
            if (isEnding)
            {
                // The command was killed, and still we are here: nobody takes our output, or the server does not answer.
                Environment.Exit(RunProgram.EndedBySignal + number);
            }

            var interrupts = number == RunSignals.Interrupt && !isInterrupted;
            isInterrupted = true;
            isEnding = !interrupts;
            if (number != RunSignals.Interrupt)
            {
                Volatile.Write(ref _endedBy, number);
            }

            await SendAsync(interrupts);
        }
    }

    private async Task SendAsync(bool interrupts)
    {
        try
        {
            await (interrupts ? process.InterruptAsync() : process.TerminateAsync());
        }
        catch (ExecConnectionException)
        {
            // Whoever reads the output hears of it too, and says so.
        }
        catch (ExecRequestException)
        {
            // The command has just ended; its exit code is on the way.
        }
    }
}
