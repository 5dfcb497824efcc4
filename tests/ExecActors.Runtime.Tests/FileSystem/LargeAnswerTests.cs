using System.Text;

using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;
using ExecActors.Runtime.Frames;
using ExecActors.Runtime.Settings;
using ExecActors.Runtime.Tests.Support;

namespace ExecActors.Runtime.Tests.FileSystem;

/// <summary>What a file's answer takes is counted from its first byte to its last.</summary>
public sealed class LargeAnswerTests : IDisposable
{
    private const int MiB = 1024 * 1024;

    private static readonly LimitSettings s_limits = ExecServerSettings.From(ExecServerSettings.BuiltIn).Limits;
    private readonly FileRequests _files = new();
    private readonly Outbox _outbox = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void An_answer_is_counted_until_it_is_taken()
    {
        var budget = new ByteBudget(64 * MiB);
        var window = new RequestWindow(s_limits, _outbox, budget);
        using var file = Sparse(15 * MiB);
        var reply = FileTransfer.ReadAll(file, FileRequests.Id, window);

        Assert.InRange(reply.Frame.Length, 20 * MiB, 21 * MiB);
        Assert.InRange(budget.Taken, 20 * MiB, 32 * MiB);
        Assert.InRange(_outbox.QueuedBytes, 20 * MiB, 21 * MiB);
        reply.Frame.Dispose();
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void An_answer_for_which_there_is_no_memory_is_refused_before_the_file_is_read()
    {
        var budget = new ByteBudget(16 * MiB);
        using var file = Sparse(15 * MiB);

        Assert.Throws<BudgetSpentException>(() => FileTransfer.ReadAll(file, FileRequests.Id, new RequestWindow(s_limits, _outbox, budget)));
        Assert.Equal((0, 0), (budget.Taken, _outbox.QueuedBytes));
    }

    [Fact]
    public void A_very_large_answer_waits_for_others_to_be_taken_and_a_small_one_does_not()
    {
        var window = new RequestWindow(s_limits, _outbox);
        var woken = 0;
        window.OnAnswersTaken(() => woken++);
        _outbox.Expect(s_limits.ParkedBytes);
        using var file = Sparse(15 * MiB);
        Assert.True(FileTransfer.ReadAll(file, FileRequests.Id, window).IsPutOff);
        Assert.Equal(s_limits.ParkedBytes, _outbox.QueuedBytes);
        _files.File("small", "x");
        using var small = Open("small");
        FileTransfer.ReadAll(small, FileRequests.Id, window).Frame.Dispose();

        window.Arrive(s_limits.ParkedBytes);
        Assert.Equal(1, woken);
        FileTransfer.ReadAll(file, FileRequests.Id, window).Frame.Dispose();
    }

    [Fact]
    public void A_file_without_an_end_is_measured_before_it_is_kept()
    {
        var budget = new ByteBudget(4 * MiB);
        Assert.True(FileExecutor.TryOpen(new FsReadFileParams("/proc/self/pagemap"u8.ToArray(), FollowSymlinks: true), out var file, out _));
        using (file)
        {
            using var answer = FileTransfer.ReadAll(file, FileRequests.Id, new RequestWindow(s_limits, _outbox, budget)).Frame;

            Assert.Equal("""{"error":{"code":-32600,"message":"file is too large to read: limit is 536870912 bytes"},"id":3}""", Encoding.UTF8.GetString(answer.Span));
        }

        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void A_file_is_not_read_on_for_a_client_that_has_left()
    {
        _outbox.Complete(CloseReason.Normal);
        using var file = Sparse(15 * MiB);
        using var answer = FileTransfer.ReadAll(file, FileRequests.Id, new RequestWindow(s_limits, _outbox)).Frame;

        Assert.InRange(answer.Length, 1, 200);
    }

    [Fact]
    public void What_is_lost_on_its_way_is_given_back()
    {
        var budget = new ByteBudget(64 * MiB);
        Lose(budget);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, budget.Taken);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Lose(ByteBudget budget)
    {
        var share = new ByteShare(budget);
        Assert.True(share.TryGrow(MiB));
    }

    private FileHandle Sparse(long bytes)
    {
        using (var sparse = new FileStream(_files.Text("sparse"), FileMode.Create))
        {
            sparse.SetLength(bytes);
        }

        return Open("sparse");
    }

    private FileHandle Open(string name) =>
        FileExecutor.TryOpen(new FsReadFileParams(_files[name], FollowSymlinks: true), out var file, out var error)
            ? file
            : throw new InvalidOperationException(error.Message);
}
