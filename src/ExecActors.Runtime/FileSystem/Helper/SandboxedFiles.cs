using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Sandbox;
using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.FileSystem;

/// <summary>
/// File requests with a sandbox that limits them (<see cref="FileRoutes"/>): carried out by helpers inside it, or refused. The counterpart of
/// <see cref="FileExecutor"/>. Safe from several threads; every call may block.
/// </summary>
/// <remarks>
/// Each request has its policy expanded anew on the file system as it is, and gets a helper whose view is the same to the last file: what was made
/// since an earlier request is protected, and patterns see new files.
/// </remarks>
/// <param name="bubblewrap">Makes the sandboxes.</param>
/// <param name="settings">The limits and the program.</param>
/// <param name="pool">Keeps the helpers; the caller's.</param>
/// <param name="temporaryDirectory">The server's TMPDIR; null when it has none.</param>
internal sealed class SandboxedFiles(Bubblewrap bubblewrap, SandboxSettings settings, FileHelperPool pool, string? temporaryDirectory)
{
    private const int SmallRequest = 512;
    private const int PlanAttempts = 10;
    private const int EBUSY = 16;

    /// <summary>No further attempt is begun after this.</summary>
    private static readonly TimeSpan _planPatience = TimeSpan.FromSeconds(10);


    private readonly Lazy<HelperProgram> _program = new(() => FsHelper.FindProgram(settings), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Carries out a method that answers a value, as <see cref="FileExecutor.Execute"/> does.</summary>
    /// <param name="parameters">The method's params record.</param>
    /// <param name="context">Its sandbox.</param>
    /// <param name="user">The session that asks.</param>
    /// <param name="result">Receives the value of <c>result</c>.</param>
    /// <returns>The refusal, or null.</returns>
    public RpcError? Execute(object parameters, SandboxContext context, HelperUser user, IBufferWriter<byte> result)
    {
        if (!TryAsk(parameters, context, user, out var answer, out var error))
        {
            return error;
        }

        using (answer)
        {
            result.Write(answer.Body.Span);
            return null;
        }
    }

    /// <summary>Opens the file of <c>fs/readFile</c>, <c>fs/writeFile</c> (whose content was checked) or <c>fs/open</c>; the caller reads and writes it directly.</summary>
    /// <param name="parameters">The method's params record.</param>
    /// <param name="context">Its sandbox.</param>
    /// <param name="user">The session that asks.</param>
    /// <param name="handle">The file; the caller disposes it.</param>
    /// <param name="error">Why not.</param>
    public bool TryOpen(object parameters, SandboxContext context, HelperUser user, [NotNullWhen(true)] out FileHandle? handle, out RpcError error)
    {
        handle = null;
        if (!TryAsk(parameters, context, user, out var answer, out error))
        {
            return false;
        }

        using (answer)
        {
            try
            {
                handle = HelperCodec.ReadOpened(answer.TakeDescriptors(), answer.Body.Span);
                return true;
            }
            catch (HelperLostException e)
            {
                error = Ended(e);
                return false;
            }
        }
    }

    private bool TryAsk(object parameters, SandboxContext context, HelperUser user, [NotNullWhen(true)] out HelperMessage? answer, out RpcError error)
    {
        answer = null;
        try
        {
            bubblewrap.Require(); // before the plan: without it nothing of the policy matters
            if (!SandboxPolicyMapper.TryMap(context, cwd: null, temporaryDirectory, out var policy, out error))
            {
                return false;
            }

            answer = AskPlanned(parameters, policy, user);
            if (answer.Kind == HelperMessageKind.Result)
            {
                return true;
            }

            using var refusal = answer;
            answer = null;
            error = HelperCodec.ReadError(refusal.Body.Span);
        }
        catch (Exception e) when (e is SandboxException or ProcessStartException)
        {
            error = Errors.Internal(e.Message);
        }
        catch (HelperNotBegunException e)
        {
            error = Errors.Internal($"sandboxed file helper could not be started ({e.Message})");
        }
        catch (HelperLostException e)
        {
            error = Ended(e);
        }
        catch (HelperEndedException)
        {
            error = Errors.HelperEnded("sandbox.slow-helpers");
        }
        catch (FileHelpersBusyException)
        {
            error = Errors.Limit("sandbox.helpers");
        }
        catch (ObjectDisposedException)
        {
            error = Errors.Internal("the server is ending");
        }

        return false;
    }

    private HelperMessage AskPlanned(object parameters, SandboxPolicy policy, HelperUser user)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var isLast = attempt == PlanAttempts || Stopwatch.GetElapsedTime(begun) > _planPatience;
            try
            {
                return Ask(parameters, MountPlan.Make(policy, bubblewrap.Options.Limits), user);
            }
            catch (SandboxException e) when (e.IsOutdated && !isLast)
            {
                // Planned on the files as they are now, it may fit them.
            }
            catch (HelperNotBegunException) when (!isLast)
            {
                // Nothing was done yet, and something that was to be mounted may have gone after the plan was made.
            }
        }
    }

    private HelperMessage Ask(object parameters, MountPlan plan, HelperUser user)
    {
        RequireUnrelied(parameters, plan);
        using var body = new FrameBuffer(SmallRequest);
        HelperCodec.WriteParams(body, parameters);
        using var request = body.Take();
        var method = HelperCodec.MethodOf(parameters);
        for (var isFirst = true; ; isFirst = false)
        {
            var helper = pool.Take(plan.Key, user, () => Start(plan));
            HelperMessage answer;
            try
            {
                answer = helper.Call(method, request.Span);
            }
            catch (HelperLostException)
            {
                if (pool.LetGo(helper))
                {
                    throw new HelperEndedException();
                }

                if (isFirst && !FileClaims.Of(parameters).Changes)
                {
                    continue; // reading twice does no harm
                }

                throw;
            }
            catch
            {
                pool.LetGo(helper);
                throw;
            }

            pool.GiveBack(helper);
            return answer;
        }
    }

    // A helper sees the mounts of its own policy, and not what a process of another one relies on.
    private static void RequireUnrelied(object parameters, MountPlan plan)
    {
        byte[][] taken = parameters switch
        {
            FsRemoveParams remove => [remove.Path],
            FsRenameParams rename => [rename.SourcePath, rename.DestinationPath],
            _ => [],
        };
        foreach (var path in taken)
        {
            if (LinuxFiles.IsReliedOn(path, out var place) && plan.AccessTo(UnixPath.FromBytes(place)) == SandboxAccess.Write)
            {
                throw new SandboxException(OsError.Describe(EBUSY));
            }
        }
    }

    private FileHelper Start(MountPlan plan) =>
        FileHelper.Start(() => HelperProcess.Start(bubblewrap, plan, _program.Value), settings.HelperPatience);

    private static RpcError Ended(HelperLostException e) => Errors.Internal($"sandboxed file helper ended before it answered ({e.Message})");

    /// <summary>The pool has ended the helper, since others needed its place.</summary>
    private sealed class HelperEndedException() : Exception("the sandboxed file helper was ended for others' sake");
}
