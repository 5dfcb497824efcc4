using System.Globalization;

namespace ExecActors.Integration.Tests.Lifetime;

/// <summary>Everything that descends from a process ends with it, with its session, and with the server, however that ends. Run alone: times count.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DescendantTests
{
    /// <summary>How a server holds descendants; where this machine has no cgroup to give, the first is the second.</summary>
    public static TheoryData<string> Ways => new("auto", "subreaper");

    [Theory]
    [MemberData(nameof(Ways))]
    [Difference("descendants")]
    public async Task Terminate_ends_all_that_descends_from_a_process_and_nothing_else(string way)
    {
        await using var server = await LifetimeServer.StartAsync($"containment = {way}");
        await using var client = await WireClient.OpenAsync(server);
        await using var stranger = await WireClient.OpenAsync(server);
        var bystander = await Runaways.StartAsync(client, "bystander");
        var foreign = await Runaways.StartAsync(stranger, "p");
        var plain = await Runaways.StartAsync(client, "p");
        var confined = await Runaways.StartAsync(client, "confined", LifetimeServer.ReadOnlySandbox());

        Assert.True(await client.TerminateAsync("p"));
        Assert.True(await client.TerminateAsync("confined"));
        await plain.AssertEndAsync(Patience.Limit);
        await confined.AssertEndAsync(Patience.Limit);
        Assert.Equal(7, bystander.Alive.Count);
        Assert.Equal(7, foreign.Alive.Count);

        await server.StopAsync();
        await bystander.AssertEndAsync(Patience.Limit);
        await foreign.AssertEndAsync(Patience.Limit);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Difference("descendants")]
    public async Task The_end_of_a_session_ends_what_its_processes_left_behind_the_forgotten_ones_too(string way)
    {
        await using var server = await LifetimeServer.StartAsync($"containment = {way}", "execactors { session.retention = 500ms, process.linger = 0s }");
        await using var client = await WireClient.OpenAsync(server);
        await using var other = await WireClient.OpenAsync(server);
        var bystander = await Runaways.StartAsync(other, "p");
        var plain = await Runaways.StartAsync(client, "p");
        var confined = await Runaways.StartAsync(client, "confined", LifetimeServer.ReadOnlySandbox());

        // Its process has closed and is forgotten at once; what it left on purpose runs on.
        var gone = await client.RunAsync("gone", "setsid sh -c 'echo $$; exec sleep 600 > /dev/null 2>&1' &");
        await client.RunAsync("later", "true");
        var left = Posix.EndOfProcessAsync(int.Parse(gone.Stdout, CultureInfo.InvariantCulture));
        Assert.False(left.IsCompleted);

        client.Socket.Connection.Dispose();
        await plain.AssertEndAsync(Patience.Limit);
        await confined.AssertEndAsync(Patience.Limit);
        await left;
        Assert.Equal(7, bystander.Alive.Count);

        await server.StopAsync();
        await bystander.AssertEndAsync(Patience.Limit);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_signal_to_the_server_ends_all_and_leaves_nothing(string way)
    {
        await using var server = await LifetimeServer.StartAsync($"containment = {way}");
        await using var client = await WireClient.OpenAsync(server);
        var plain = await Runaways.StartAsync(client, "p");
        var confined = await Runaways.StartAsync(client, "confined", LifetimeServer.ReadOnlySandbox());
        var guardian = GuardianProcess.Of(plain);

        await server.StopAsync();

        await plain.AssertEndAsync(Patience.Limit);
        await confined.AssertEndAsync(Patience.Limit);
        await guardian.End;
        Assert.Empty(guardian.Leaves());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Difference("descendants")]
    public async Task Killing_the_server_ends_all_within_three_seconds(string way)
    {
        await using var server = await LifetimeServer.StartAsync($"containment = {way}");
        await using var client = await WireClient.OpenAsync(server);
        var plain = await Runaways.StartAsync(client, "p");
        var confined = await Runaways.StartAsync(client, "confined", LifetimeServer.ReadOnlySandbox());
        var guardian = GuardianProcess.Of(plain);

        Posix.Signal(server.Pid, PosixSignalNumber.Kill);

        await plain.AssertEndAsync(LifetimeServer.Allowed);
        await confined.AssertEndAsync(LifetimeServer.Allowed);
        await guardian.End;
        Assert.Empty(guardian.Leaves());
    }

    [Fact]
    public async Task Without_containment_what_left_the_group_outlives_terminate_and_the_server()
    {
        await using var server = await LifetimeServer.StartAsync("containment = off");
        await using var client = await WireClient.OpenAsync(server);
        var plain = await Runaways.StartAsync(client, "p");

        Assert.True(await client.TerminateAsync("p"));
        await client.NotificationAsync("process/closed", "p");
        await server.StopAsync();

        Assert.Equal(["session of its own", "double fork", "empty environment, double fork"], plain.Alive);
        await plain.EndAsync();
    }
}
