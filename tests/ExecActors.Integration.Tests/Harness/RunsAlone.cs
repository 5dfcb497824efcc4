namespace ExecActors.Integration.Tests.Harness;

/// <summary>Classes that measure times: they run after the others, one by one.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
