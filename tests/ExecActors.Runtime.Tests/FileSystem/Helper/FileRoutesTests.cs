using ExecActors.Platform;
using ExecActors.Protocol;
using ExecActors.Runtime.FileSystem;

namespace ExecActors.Runtime.Tests.FileSystem.Helper;

public sealed class FileRoutesTests
{
    private static readonly ProfileEntry _rootRead = Entry(new ProfilePath.Special(SpecialPath.Root), ProfileAccess.Read);
    private static readonly ProfileEntry _rootWrite = Entry(new ProfilePath.Special(SpecialPath.Root), ProfileAccess.Write);
    private static readonly ProfileEntry _slashRead = Entry(new ProfilePath.Literal("/"u8.ToArray()), ProfileAccess.Read);
    private static readonly ProfileEntry _write = Entry(new ProfilePath.Literal("/ws"u8.ToArray()), ProfileAccess.Write);
    private static readonly ProfileEntry _read = Entry(new ProfilePath.Literal("/ws"u8.ToArray()), ProfileAccess.Read);
    private static readonly ProfileEntry _deny = Entry(new ProfilePath.Literal("/ws/secret"u8.ToArray()), ProfileAccess.Deny);
    private static readonly ProfileEntry _denyPattern = Entry(new ProfilePath.Glob("/**/*.env"), ProfileAccess.Deny);
    private static readonly ProfileEntry _readPattern = Entry(new ProfilePath.Glob("/**/*.env"), ProfileAccess.Read);
    private static readonly ProfileEntry _rootDeny = Entry(new ProfilePath.Special(SpecialPath.Root), ProfileAccess.Deny);
    private static readonly ProfileEntry _minimal = Entry(new ProfilePath.Special(SpecialPath.Minimal), ProfileAccess.Read);

    [Fact]
    public void Without_limits_on_files_everything_goes_directly()
    {
        PermissionProfile[] profiles =
        [
            new PermissionProfile.Disabled(),
            new PermissionProfile.External(NetworkAccess.Restricted),
            new PermissionProfile.Managed(new FileSystemProfile.Unrestricted(), NetworkAccess.Restricted),
        ];

        Assert.All(profiles.Select(Context).Append(null), context => AssertRoute(context, FileRoute.Direct, FileRoute.Direct));
    }

    [Fact]
    public void What_may_be_done_everywhere_goes_directly_and_the_rest_through_a_helper()
    {
        AssertRoute(Restricted(_rootWrite), FileRoute.Direct, FileRoute.Direct);
        AssertRoute(Restricted(_rootWrite, _write), FileRoute.Direct, FileRoute.Direct);
        AssertRoute(Restricted(_rootWrite, _rootRead), FileRoute.Direct, FileRoute.Direct);
        AssertRoute(Restricted(_rootWrite, _read), FileRoute.Direct, FileRoute.Helper);
        AssertRoute(Restricted(_rootWrite, _readPattern), FileRoute.Direct, FileRoute.Helper);
        AssertRoute(Restricted(_rootRead), FileRoute.Direct, FileRoute.Helper);
        AssertRoute(Restricted(_slashRead, _write), FileRoute.Direct, FileRoute.Helper);
    }

    [Theory]
    [InlineData("/proc/sys/kernel/hostname", nameof(FileRoute.Helper))]
    [InlineData("/proc/sys/not-there", nameof(FileRoute.Helper))]
    [InlineData("/tmp/../proc/sys/kernel/hostname", nameof(FileRoute.Helper))]
    [InlineData("/tmp/execactors-not-there/x", nameof(FileRoute.Direct))]
    public void What_is_the_machines_is_not_changed_past_the_walls_that_a_process_has(string path, string route)
    {
        var claim = new FileClaim(Handle: null, System.Text.Encoding.UTF8.GetBytes(path), OtherPath: null, Changes: true);
        var confined = Context(new PermissionProfile.Managed(new FileSystemProfile.Restricted([_rootWrite]), NetworkAccess.Restricted));
        Assert.Equal(route, FileRoutes.Of(confined, claim).ToString());
        Assert.Equal(route, FileRoutes.Of(Context(new PermissionProfile.External(NetworkAccess.Restricted)), claim).ToString());
        Assert.Equal(FileRoute.Direct, FileRoutes.Of(confined, claim with { Changes = false }));
        Assert.Equal(FileRoute.Direct, FileRoutes.Of(Restricted(_rootWrite), claim)); // nothing limits a process of it either
        Assert.Equal(FileRoute.Direct, FileRoutes.Of(context: null, claim));
        Assert.Same(MachineGuard.Instance, FileRoutes.DirectGuard(confined, claim)); // links may turn between the choice and the act
        Assert.Null(FileRoutes.DirectGuard(confined, claim with { Changes = false }));
        Assert.Null(FileRoutes.DirectGuard(Restricted(_rootWrite), claim));
        Assert.Null(FileRoutes.DirectGuard(context: null, claim));
    }

    [Fact]
    public void With_something_denied_or_absent_all_goes_through_a_helper()
    {
        foreach (var context in new[]
        {
            Restricted(),
            Restricted(_write),
            Restricted(_minimal, _write),
            Restricted(_rootRead, _deny),
            Restricted(_rootRead, _denyPattern),
            Restricted(_rootWrite, _deny),
            Restricted(_rootWrite, _rootDeny),
            Restricted(_rootDeny, _write),
        })
        {
            AssertRoute(context, FileRoute.Helper, FileRoute.Helper);
        }
    }

    private static void AssertRoute(SandboxContext? context, FileRoute reading, FileRoute changing)
    {
        Assert.Equal(reading, FileRoutes.Of(context, changes: false));
        Assert.Equal(changing, FileRoutes.Of(context, changes: true));
    }

    private static SandboxContext Restricted(params ProfileEntry[] entries) =>
        Context(new PermissionProfile.Managed(new FileSystemProfile.Restricted(entries), NetworkAccess.Enabled));

    private static SandboxContext Context(PermissionProfile profile) => new(profile, Cwd: null, WorkspaceRoots: []);

    private static ProfileEntry Entry(ProfilePath path, ProfileAccess access) => new(path, access);
}
