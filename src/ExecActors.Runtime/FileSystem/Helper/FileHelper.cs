using ExecActors.Platform;

namespace ExecActors.Runtime.FileSystem;

/// <summary>A helper that is a process.</summary>
internal sealed class FileHelper : IFileHelper
{
    private readonly HelperProcess _process;
    private volatile bool _isAborted;

    private FileHelper(HelperProcess process) => _process = process;

    /// <inheritdoc/>
    public bool IsAlive => _process.Channel.IsOpen;

    /// <summary>Starts one and waits until it can be asked.</summary>
    /// <param name="start">Starts the process.</param>
    /// <param name="patience">How long it may take to begin.</param>
    /// <exception cref="HelperNotBegunException">It ended, or did not begin in time; it was asked for nothing.</exception>
    public static FileHelper Start(Func<HelperProcess> start, TimeSpan patience)
    {
        var helper = new FileHelper(start());
        try
        {
            using var answer = helper.Call(HelperCodec.Begin, helper._process.View.Span, patience);
            return answer.Kind == HelperMessageKind.Result ? helper : throw new HelperNotBegunException(HelperCodec.ReadError(answer.Body.Span).Message);
        }
        catch (HelperLostException e)
        {
            helper.Dispose();
            throw new HelperNotBegunException(e.Message, e);
        }
        catch
        {
            helper.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public HelperMessage Call(ushort method, ReadOnlySpan<byte> body) => Call(method, body, Timeout.InfiniteTimeSpan);

    /// <inheritdoc/>
    public void Abort()
    {
        _isAborted = true;
        try
        {
            _process.Channel.Abort();
        }
        catch (ObjectDisposedException)
        {
            // Its caller has let it go in the meantime.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private HelperMessage Call(ushort method, ReadOnlySpan<byte> body, TimeSpan patience)
    {
        try
        {
            return _process.Channel.Call(method, body, patience);
        }
        catch (HelperLostException e) when (e.HasEnded && !_isAborted)
        {
            throw new HelperLostException(_process.Ending(), hasEnded: true, e);
        }
    }
}

/// <summary>A helper could not be brought to the point where it can be asked. The message says why, as a clause.</summary>
internal sealed class HelperNotBegunException(string message, Exception? inner = null) : Exception(message, inner);
