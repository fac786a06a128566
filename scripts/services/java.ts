import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './command.ts'

export const JAVA_HINT = 'install Java 17 or newer (Debian: apt-get install openjdk-17-jdk-headless)'
export const MAVEN_HINT = 'install Maven (Debian: apt-get install maven)'

export interface Artifact {
  /** `group:artifact:version` */
  readonly name: string
  /** `group:artifact` of what is not to come along; `*:*` = nothing at all. */
  readonly without?: readonly string[]
}

/** Copies artifacts of Maven Central and what they need at run time into `directory`. */
export async function copyJars(artifacts: readonly Artifact[], directory: string): Promise<void> {
  await writeFile(join(directory, 'pom.xml'), pom(artifacts))
  await command(
    'mvn',
    ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(directory, 'libs')}`],
    {
      cwd: directory,
      hint: MAVEN_HINT,
    },
  )
}

/** Copies one file of Maven Central, `group:artifact:version:packaging:classifier`, into `directory`. */
export async function copyArtifact(name: string, directory: string): Promise<void> {
  await command('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${name}`, `-DoutputDirectory=${directory}`], {
    cwd: directory,
    hint: MAVEN_HINT,
  })
}

function pom(artifacts: readonly Artifact[]): string {
  const tags = (name: string): string => {
    const [group, artifact, version] = name.split(':')
    return `<groupId>${group}</groupId><artifactId>${artifact}</artifactId>${version ? `<version>${version}</version>` : ''}`
  }
  const dependencies = artifacts.map(a => {
    const exclusions = (a.without ?? []).map(name => `<exclusion>${tags(name)}</exclusion>`).join('')
    return `<dependency>${tags(a.name)}<exclusions>${exclusions}</exclusions></dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>${tags('dev.millrace:services:1')}
<packaging>pom</packaging><dependencies>
${dependencies.join('\n')}
</dependencies></project>
`
}
