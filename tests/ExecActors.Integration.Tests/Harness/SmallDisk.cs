using System.Diagnostics;

namespace ExecActors.Integration.Tests.Harness;

/// <summary>A server with a small disk of its own for output, which the test fills up and frees again while the server runs.</summary>
/// <remarks>
/// The disk is an overlay on a tmpfs, in a mount namespace that <c>unshare</c> makes: by root as it is, by anybody else inside a user namespace. It is
/// reached from outside through <c>/proc/PID/root</c>. The overlay is there because a server does not keep output on what is memory and says so. Owns the server.
/// </remarks>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int PieceBytes = 1024 * 1024;
    private readonly FileTree _folder;
    private readonly Lock _gate = new();
    private readonly string _ballast;

    private SmallDisk(ServerProcess server, FileTree folder)
    {
        (Server, _folder) = (server, folder);
        _ballast = $"/proc/{server.Pid}/root{folder.At("disk/ballast")}";
    }

    /// <summary>The server.</summary>
    public ServerProcess Server { get; }

    /// <summary>How often it was filled up.</summary>
    public int Fills { get; private set; }

    /// <summary>Starts the server.</summary>
    /// <param name="megabytes">The size of the disk, a tenth of which the server will use.</param>
    /// <param name="settings">Further settings, as HOCON.</param>
    public static async Task<SmallDisk> StartAsync(int megabytes, string settings)
    {
        var folder = new FileTree();
        folder.Directory("disk").File("disk.conf", $"execactors.output.spill-directory = \"{folder.At("disk/output")}\"\n{settings}");
        var isRoot = await SucceedsAsync("unshare", "--mount", "true");
        var script = $"""
            set -e
            cd {folder.At("disk")}
            mount -t tmpfs -o size={megabytes}m none .
            cd {folder.At("disk")}
            mkdir lower upper work output
            mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work{(isRoot ? "" : ",userxattr")} overlay output
            cd /tmp
            exec "$@"
            """;
        string[] wrapper = [.. isRoot ? ["unshare", "--mount"] : (string[])["unshare", "--user", "--map-root-user", "--mount"], "sh", "-c", script, "sh"];
        return new SmallDisk(await ServerProcess.StartWrappedAsync(wrapper, "ws://127.0.0.1:0", ["--config", folder.At("disk.conf")]), folder);
    }

    /// <summary>Fills the disk up to the last byte.</summary>
    public void Fill()
    {
        lock (_gate)
        {
            Fills++;
            using var ballast = new FileStream(_ballast, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            var piece = new byte[PieceBytes];
            try
            {
                while (true)
                {
                    ballast.Write(piece);
                }
            }
            catch (IOException)
            {
                // no space is left on it, which was the aim
            }
        }
    }

    /// <summary>Frees the disk of what filled it up.</summary>
    public void Free()
    {
        lock (_gate)
        {
            File.Delete(_ballast);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<bool> SucceedsAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        await Patience.ForAsync(process.WaitForExitAsync(), () => program);
        await error;
        return process.ExitCode == 0;
    }
}
