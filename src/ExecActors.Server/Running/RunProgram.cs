#pragma warning disable CA2000 // the standard streams stay open as long as the program
#pragma warning disable VSTHRD003 // nothing here has a main thread that could be waited for
using ExecActors.Client;
using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Server.Commands;

namespace ExecActors.Server.Running;

/// <summary>One run of a command: connects, starts it, passes streams and signals through, and ends with its exit code.</summary>
internal static class RunProgram
{
    /// <summary>What the number of a signal is added to.</summary>
    public const int EndedBySignal = 128;

    private const int CannotStart = 126;
    private const int NotFound = 127;

    /// <summary>Runs the command to its end.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunOptions options, TextWriter error)
    {
        using var signals = new RunSignals();
        try
        {
            var target = RunTarget.Of(options);
            await using var client = await target.ConnectAsync(signals.First);
            var input = CallerStreams.OpenInput();
            await using var process = await StartAsync(client, target, input is not null, signals.First);
            if (input is not null)
            {
                _ = InputPump.RunAsync(input, process, error);
            }

            var relay = new SignalRelay(signals, process);
            _ = relay.RunAsync();
            return await FollowAsync(process, relay);
        }
        catch (OperationCanceledException) when (signals.FirstNumber > 0)
        {
            return EndedBySignal + signals.FirstNumber;
        }
        catch (ExecConnectionException e)
        {
            return await ReportAsync(error, new RunFailure(e.Message, RunTarget.LossRemedy(options), ProgramCommand.Failed, e));
        }
        catch (RunFailure e)
        {
            return await ReportAsync(error, e);
        }
    }

    private static async Task<RemoteProcess> StartAsync(ExecClient client, RunTarget target, bool hasInput, CancellationToken cancellationToken)
    {
        try
        {
            return await client.StartProcessAsync(target.Request(hasInput), cancellationToken);
        }
        catch (ExecRequestException e)
        {
            // As a shell has it: 127 for a program that is not there, 126 for everything else, a missing directory or interpreter among it.
            var missing = e.Details is { Kind: StartFailureKinds.NotFound } details ? details.Path ?? target.Command[0] : null;
            var isProgram = missing is not null && (string.Equals(missing, target.Command[0], StringComparison.Ordinal) || !missing.Contains('/', StringComparison.Ordinal));
            var about = missing is null || isProgram ? "" : $": {missing}";
            throw new RunFailure($"cannot run {target.Command[0]}: {e.Message}{about}", "", isProgram ? NotFound : CannotStart, e);
        }
    }

    private static async Task<int> FollowAsync(RemoteProcess process, SignalRelay relay)
    {
        var output = new OutputPump(DescriptorStream.OpenOutput(), DescriptorStream.OpenError(dropsUnread: true));
        switch (await output.RunAsync(process))
        {
            case OutputEnd.ReaderGone:
                await process.TerminateAsync();
                return EndedBySignal + OutputPump.BrokenPipeSignal;
            case OutputEnd.Failed:
                await process.TerminateAsync();
                throw new RunFailure(
                    $"standard output cannot be written: {output.Failure}", "The command was ended; make room there or write to another place.", ProgramCommand.Failed);
            case OutputEnd.Complete:
            default:
                var code = await process.ExitCode;
                return relay.EndedBy > 0 ? EndedBySignal + relay.EndedBy : code;
        }
    }

    private static async Task<int> ReportAsync(TextWriter error, RunFailure failure)
    {
        await error.WriteLineAsync($"execactors: {failure.Message}");
        if (failure.Remedy.Length > 0)
        {
            await error.WriteLineAsync(failure.Remedy);
        }

        return failure.ExitCode;
    }
}
