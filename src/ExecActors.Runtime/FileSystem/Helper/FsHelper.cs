using System.Diagnostics;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.FileSystem;

/// <summary>The program as a file helper: started by a server inside a sandbox, it does the file work of requests that must not leave it.</summary>
/// <remarks>
/// One thread, one request at a time, from a socket that is its standard input to the end of that. Opened files go back to the server, which
/// reads and writes them itself. It loads neither the actors nor the web server, and so is ready within some 30 ms.
/// </remarks>
public static class FsHelper
{
    private const int SmallResult = 4 * 1024;

    private static bool _canReenter;

    /// <summary>
    /// Does all of a helper's work when that is what the program was started for. To be called first in <c>Main</c> by every program that hosts a server
    /// and leaves <c>sandbox.helper-command</c> empty.
    /// </summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="exitCode">What <c>Main</c> is to return when this was a helper.</param>
    /// <returns>False for every other start; nothing was done then.</returns>
    public static bool TryRun(string[] args, out int exitCode)
    {
        ArgumentNullException.ThrowIfNull(args);
        exitCode = 0;
        _canReenter = true;
        if (args is not [HelperProgram.Argument])
        {
            return false;
        }

        using var port = HelperPort.OfStandardInput();
        if (Begin(port) is { } guard)
        {
            while (port.TryReceive(out var request))
            {
                using (request)
                {
                    Answer(port, guard, request);
                }
            }

            return true;
        }

        using var error = DescriptorStream.OpenError(dropsUnread: true);
        error.Write("fs-helper is how a server starts its own file helpers; it is of no use otherwise\n"u8);
        exitCode = 2;
        return true;
    }

    /// <summary>The program that becomes a helper.</summary>
    /// <exception cref="SandboxException">There is none.</exception>
    internal static HelperProgram FindProgram(SandboxSettings settings) =>
        // A program that does not begin with TryRun would do whatever it does when it starts, inside the sandbox.
        settings.HelperCommand.Length > 0 || _canReenter
            ? HelperProgram.Find(settings.HelperCommand)
            : throw new SandboxException(
                "sandboxed file work is done by the program that hosts the server, started anew, and this one is not made for that; "
                + "call FsHelper.TryRun(args, out var code) first in its Main, or set execactors.sandbox.helper-command to the path of an execactors");

    /// <summary>Starts a helper that may do nothing, and ends it again: whether sandboxed file work would be done on this machine. Blocks.</summary>
    /// <param name="bubblewrap">Makes the sandbox.</param>
    /// <param name="settings">The program, and how long it may take.</param>
    /// <param name="took">How long it took until the helper could be asked.</param>
    /// <returns>Null when it could; else why not, with what to do.</returns>
    public static string? Try(Bubblewrap bubblewrap, SandboxSettings settings, out TimeSpan took)
    {
        ArgumentNullException.ThrowIfNull(bubblewrap);
        ArgumentNullException.ThrowIfNull(settings);
        var start = Stopwatch.GetTimestamp();
        try
        {
            // Nothing granted, its own files neither: whatever a policy says, it leaves no more to be made than this.
            var plan = MountPlan.Make(new SandboxPolicy { RestrictsFiles = true, RestrictsNetwork = true }, bubblewrap.Options.Limits);
            var program = FindProgram(settings);
            FileHelper.Start(() => HelperProcess.Start(bubblewrap, plan, program), settings.HelperPatience).Dispose();
            return null;
        }
        catch (Exception e) when (e is SandboxException or ProcessStartException or HelperNotBegunException)
        {
            return e.Message;
        }
        finally
        {
            took = Stopwatch.GetElapsedTime(start);
        }
    }

    /// <summary>Takes the first message, which says what is allowed, and gives everything else up.</summary>
    private static ViewGuard? Begin(HelperPort port)
    {
        if (!port.TryReceive(out var message))
        {
            return null;
        }

        using (message)
        {
            var view = HelperView.Read(message.Body.Span);
            if (Landlock.RestrictThread(view.Grants()) is { } failure)
            {
                port.TryAnswer(message, HelperMessageKind.Refusal, HelperCodec.WriteError(Errors.Internal(failure)));
                return null;
            }

            return port.TryAnswer(message, HelperMessageKind.Result, default) ? new ViewGuard(view) : null;
        }
    }

    private static void Answer(HelperPort port, ViewGuard guard, HelperMessage request)
    {
        using var buffer = new FrameBuffer(SmallResult);
        FileHandle? opened = null;
        RpcError? refusal;
        try
        {
            refusal = HelperCodec.TryReadParams(request.Method, request.Body, out var parameters, out var error)
                ? Told(Perform(parameters, guard, buffer, out opened), parameters, guard)
                : error;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            refusal = Errors.Internal($"the sandboxed file helper failed at the request: {failure.Message}");
        }

        using var closesOpened = opened;
        using var result = buffer.Take();
        if (refusal is null && result.Length > HelperPort.MaxResultBytes)
        {
            refusal = Errors.Internal(
                $"the result of the sandboxed request has {result.Length} bytes, of which {HelperPort.MaxResultBytes} are allowed; ask for less at once");
        }

        if (refusal is { } reason)
        {
            port.TryAnswer(request, HelperMessageKind.Refusal, HelperCodec.WriteError(reason));
        }
        else if (opened is null)
        {
            port.TryAnswer(request, HelperMessageKind.Result, result.Span);
        }
        else
        {
            PassOn(port, request, opened);
        }
    }

    private static void PassOn(HelperPort port, HelperMessage request, FileHandle opened)
    {
        var names = HelperCodec.WriteReplacement(opened.Replacement);
        if (opened.Replacement is not { } replacement)
        {
            port.TryAnswer(request, HelperMessageKind.Result, names, opened.Descriptor);
        }
        else if (port.TryAnswer(request, HelperMessageKind.Result, names, opened.Descriptor, replacement.Directory))
        {
            replacement.HandOver();
        }
    }

    // Below something denied, or a name that must not come to be, nothing is there for the kernel.
    private static RpcError? Told(RpcError? refusal, object parameters, ViewGuard guard)
    {
        if (refusal is not { Code: ErrorCodes.NotFound })
        {
            return refusal;
        }

        var claim = FileClaims.Of(parameters);
        foreach (var path in (byte[]?[])[claim.Path, claim.OtherPath])
        {
            var isOnlyRead = parameters is FsCopyParams && path == claim.Path;
            if (path is not null && guard.WhyNothing(path, claim.Changes && !isOnlyRead) is { Succeeded: false } why)
            {
                return FileErrors.OfErrno(why.Errno);
            }
        }

        return refusal;
    }

    private static RpcError? Perform(object parameters, ViewGuard guard, FrameBuffer result, out FileHandle? opened)
    {
        opened = null;
        RpcError error;
        switch (parameters)
        {
            case FsReadFileParams request:
                FileExecutor.TryOpen(request, out opened, out error, guard);
                break;
            case FsWriteFileParams request:
                FileExecutor.TryOpen(request, out opened, out error, guard);
                break;
            case FsOpenParams request:
                FileExecutor.TryOpen(request, out opened, out error, guard);
                break;
            default:
                return FileExecutor.Execute(parameters, result, guard);
        }

        return opened is null ? error
            : opened.IsRegular ? null
            : Errors.InvalidRequest("only regular files can be opened in a sandbox");
    }
}
