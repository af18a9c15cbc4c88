"""The words by which names of persons are told from roles, systems, products and ordinary language.

All words are folded: lower case, without diacritics. A word that is in none of these lists proves nothing.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that are ordinary words as well; only the sentence tells which it is.
ORDINARY_WORDS = _words("""
amber angel archer art ash autumn baker banks barber barker bay bell belle berry bill bird bishop black
blossom bolt bond booker booth branch bright brook brooks brown buck bush butler candy carpenter carter
case cash castle chance chase cherry christian chuck church clark clay clerk cliff cloud coach cody cole
cook cooper crane cross crow crystal daisy dale dash dawn day dean destiny don dove draper drew duke dusty
earl early eve fair faith farmer faye fern field fields finch fisher fletcher flood flynn ford forest
forrest foster fox frank freeman gale gardener gardner gates gene genesis ginger glass glen gold good
grace grant gray green grey guy hale hand harmony harper hart haven hawk hazel heath heather herb hill
holly hood hook hope hopper horn house hunt hunter iris ivy jack jasmine jay jewel joy judge june justice
kay key king knight lake lance lane law leaf lee liberty light lily line little lock long love mabel major
man mark marks marsh marshal mason mat may melody mercedes mercy merit miles miller mills montana moon
moss nash nice nick north ocean olive pace page parish park parker parks pat patience peace peach pearl
peg penny pepper pierce pike pip pitt pool poole porter post potter power price prince prudence queen rain
ranger ray reader reed rex rich rivers rob robin rock rocky rod rogue root rose ruby rush rusty sage
sailor sally sandy savage savannah sawyer sharp sharpe shepherd short silver skip skipper sky skye small
smith snow south spencer spike spring star steel steele sterling stone storm strong sue summer sun sutton
swift tanner taylor teal temple thorn trinity tucker turner vale van viola violet wade walker wall ward
warren waters way weaver webb wells west wheeler white wilde wilder will winter wise wolf wood woods worth
wren yard york young
""")

# Names that are products as well: seldom a person in prose about systems.
PRODUCT_NAMES = _words("""
accenture acme activemq ada adyen airbrake airbus airbyte airflow akamai alexa alpine alto amdahl
amplitude amundsen android ansible anthos antrea apigee apollo appdynamics apple aqua arango argo arista
artemis artifactory asterisk athena atlas atlassian aurora auth0 avast avro babel backstage bamboo
barclays bard barracuda bayes bazel beam beanstalk bedrock bernoulli bigquery bigtable bitbucket
bitdefender bloom bloomberg bluecoat boeing boltzmann bookworm boole boomi bosch boto braze brew
broadcom brocade bugsnag bullseye buster cacti caddy calico camel capgemini capybara casper cassandra
celery centos ceph certbot chaosmonkey checkpoint chef cilium cinder circle cisco citrix clair claris
claude clickhouse cloudfront cloudwatch cockroach coda codex cogent cognito cohesity collectd comcast
commvault composer concourse confluence confluent consul containerd copilot corosync cortex couchbase
couchdb crontab crossplane crowdstrike cucumber cypress dagger dagster dapr dart dask databricks datadog
dataflow dataproc dbt debian deliveroo dell deloitte deno dependabot devin dgraph digicert digitalocean
dijkstra django dnsmasq drone dropbox druid duckdb duo dynamo dynamodb dynatrace eclipse edison elastic
eliza emc encrypt entrust envoy equinix ericsson erlang etcd euler eventbridge expedia falcon fargate
fargo fastly faust fedex fedora fermi fibonacci figma filebeat firehose fivetran flagger flannel flask
flink fluent fluentbit fluentd flux flyway fortigate fortinet fourier freeipa freeswitch galera galileo
gandi gatling gatsby gauss gentoo gerrit ghost gitea glacier gloo glue gluster godaddy golang goldman
gradle grafana graphite graylog grpc gson gunicorn guzzle hadoop haproxy harbor harness harvester
hashicorp haskell hazelcast heimdall helios hermes hetzner hewlett hibernate hikari hive honeywell
huawei hubble hubspot hudi hudson hystrix ibm icinga ignite impala influx informatica informix instana
intel intercom iris istio jackson jaeger jammy janus jasmine jasper jellyfish jenkins jest jetty jira
jit jmeter jpmorgan julia juniper juno jupiter jupyter kafka kamailio karpenter kaspersky keepalived
kepler kerberos keycloak kibana kinesis klarna knative kong kotlin kpmg kubeflow kustomize kylin kyverno
lambda laravel launchdarkly lenovo letsencrypt lightsail lightstep linkerd linode liquibase lockheed
locust logstash loki longhorn looker lua lucene luigi lumen luna lustre macie macos maersk magento
mailchimp mailgun mailtrap mandrill mapbox marathon mariadb marketo markov mastercard maven max maxwell
mcafee mellanox memcache memcached mercury merlin mesos metabase metaflow micrometer mikrotik mimir
minerva minikube minio mistral mixpanel monte moore mosquitto motorola mule mulesoft munin murphy
mysterium nagios namecheap nasdaq nats neo neo4j neptune nessus netapp netgear netlify netscaler
netsuite newrelic newton nexus nifi nokia nomad norton notion nova nutanix nuxt nvidia oauth occam
octavia octopus odin okta oozie opal opensearch openshift opentelemetry openvpn opsgenie optimizely
optimus orion oscar outlook ovh pacemaker packard packer paessler palo paloalto panda pandas pandora
pardot pascal paxos paypal pearson perforce perl phoenix pilot pinot pixel pixie playwright plesk podman
poisson portworx postfix postman postmark prefect presto prometheus pulsar pulumi puma puppet puppeteer
pusher pyramid python qualcomm qualys quarkus quartz quay quicksight raft rails rancher rapidjson
raspberry ray raygun redhat redis redshift renovate resque retool riak rkt rollbar rollup rook route53
rubrik ruby rundeck runge rust sachs sagemaker salesforce salt samsung samza sap saturn scala scaleway
scylla sectigo segment selenium sendgrid sensu sentinel sequoia servicenow shopify sidekiq siebel
siemens sinatra siri skype slack snowflake snyk solaris solarwinds solr sonar sonarqube sophos spark
spinnaker splunk spring sqlite squarespace squid stanley statsd storm strapi stripe sumo supabase
supermicro superset suricata suse svelte swagger swift sybase symantec symfony sysdig tableau talend
tanzu teamcity tekton telegraf telekom telia telstra tempo temporal tenable teradata terraform tesla
thanos thor thrift tidb tika timescale titan toggl tokio tomcat traefik travis trello trinity trino
trivy turing twemproxy twilio twingate twistlock tyk typescript typesense ubiquiti unbound unicorn
uptimerobot vagrant valgrind valkey varnish vault veeam velero venafi venus vercara vercel verisign
veritas verizon vertex vertica vertx victoriametrics visa vite vitess vmware vodafone voldemort volta
vue vultr watson watt weave webex webpack wildfly wireguard wordpress workday xen yarn yugabyte zabbix
zendesk zeus zipkin zoho zookeeper zoom zscaler zulip zuul
""")

# A sequence with one of these is a role, a system, a product, a place or a time: never a person's name.
NOT_OF_NAMES = _words("""
a about academy access according account across action actions active activity actor additionally address
admin administrator advisory affected african after afterwards agency agent airlines airport alert
alerting alerts algorithm all allocation although always amazon amazonaws america american among an
analyst analytics and angular annotation another antivirus any apache api app apple application
applications april arabic architect architecture archive area artefact artifact asia asian asset assets
assistant assistants associates async at attack audit august australia authentication authority auto
automation autoscaler autoscaling autumn availability available avenue aws azure back backend backup
backups bad balancer bank base based bastille batch bay beach because before being below beside besides
beta between billing blob block blue board body boot bot boxing branch bridge british broken broker
browser bucket buffer bug build builder building bus business button by cable cache caches calendar
california campus canal canary capital carlo carrier cause cdn center central centre certificate
certificates chain change channel chaos charge check chief chinese christmas chrome ci cipher circuit city
class cli client cloud cloudflare cloudfront cloudwatch cluster clusters code college column columns
command commander commission committee comms communication communications company component compute
computer conclusion conduct conference config configuration connect connection connections console
constant consulting consumer container content contract contributing control controller controls
coordinator core corp corporate corporation cost council country county court critical cron cross custom
customer customers cyber cycle daemon daily dashboard dashboards data database databases datacenter
datadog date daylight days debug december decorator dedicated default delivery demo denial department
deploy deployment deployments design desk despite detection dev developer developers development device
devops did digital director directory disaster discovery disk distributed distribution diwali dns do
docker document documentation does domain domains down dozens drive driver during dutch duty earlier east
easter edge effect eight either elastic elasticsearch eleven email emergency encrypt end endpoint energy
engine engineer engineering engineers english enterprise entire entity environment epic error errors
escalation especially estate europe european eve even event events eventually every everybody everyone
everything evidence example exchange executive expert expired explorer express external facebook facility
factory failed failing failover failure failures feature february federal festival fibre file filter final
finally finance findings fire firefox firewall first five fix flag floor flow following force forest
format former fortunately forwarder foundation four framework france french friday front frontend function
further future gate gates gateway general generally german germany git github gitlab global gmail gmbh go
google governance grafana greek grid group guide gulf half handler handling hanukkah harbour hardware has
hash hashicorp have he head headquarters health helm help her here heroku high highway hills his holdings
honeycomb hospital host hosted hotel hotfix hour house however hub human hundreds id identity if image
immediately impact import impossible in inc incident indeed index indian industries informal
infrastructure ingress initial initially inside insights installer instance instances instead institute
insurance integration intelligence interface internal international internet inventory is island islands
isolated issue it italian item its itself january japanese java javascript job jobs july junior just
kernel key kibana kinesis known korean kubernetes labor labour labs lack landing laptop large last late
latency later latin launch law layer lead leader learning legacy lessons let lets level liaison library
license like limit limits line lines linux list live llc load local located log logging login logistics
logs london loss low lower ltd lunar machine mail mailbox main mainframe maintenance major manage managed
management manager manual many map march market master mean meanwhile media medium meeting member members
memorial memory message messages messaging meta metric metrics microservice microsoft middleware migration
ministry minor missing mission mobile mode model modes module monday mongo mongodb monitor monitoring
month moreover most mountain mozilla multi multiple museum my mysql named namely namespace nat national
near nearly need neither network networking networks never nevertheless new next nginx night nine no
nobody node nodejs nodes none nor normal northern not nothing notification november object observed
obviously occasionally ocean october of off office officer offices often okta old on oncall once one ones
online only open opensearch operating operation operational operations operator operators ops oracle
orchestration order organisation organization origin other others otherwise our outage owing owner owners
package page pager pagerduty palace paris park parliament parser part partly partner partners patch
payment payments peer people performance perhaps permission persistent person personnel pharma phase phone
pipeline plain plan plane planned plant platform play pod pods point policy polish pool pools port portal
position possible post postgres postgresql pre precisely presumably previous primary principle prior
private privilege probably problem problems procedure process processor product production program
programmable programme project promptly protocol provided provider proxy public purchase python quality
quarter query queue queues quick quorum quota rabbitmq rack rail ramadan rate rather react read real
recently recovery red redundancy redundant reference regardless region regional registry regulatory
relational release reliability remediation remote replica replication report repository republic request
requests requirements research resolver resource responder responders response restart restore resulting
retail retries retry returned review right risk river road role rollback room root router routers routine
routing row rule rules run runbook runner running runtime russian safari safe sale sales same saturday
saving savings scale scaling scheduler schema school scribe script scripts sdk search second secondary
secret secrets sector security self senate senior sentry september series server serverless servers
service services session set settings seven several severity shard shared she shell shop shortly should
sidecar signal signature silicon similar simple simply since single site six sixteen slack sms snapshot so
social software solution solutions some somebody someone something sometimes soon source southern spanish
specialist specifically sprint sre stack stadium staff staging standard start state statement static
station status step still stop storage store stream streaming street strict strong structured students
studio studios sub subject subsequently success such suddenly summary summer sunday super supervisor
supervisory supplier support surprisingly swedish switch switches sync sysadmin system systems table tank
target task team teams technical technically technician technologies technology telecom telemetry
telephony template ten tenant terminal test testing tests than thanks thanksgiving that the their them
themselves then theorem there therefore these they third thirty this thousands thread threat three
threshold through throughout thursday thus ticket tier time timeline timeout timeouts to today together
token tokens tomorrow tonight tool tools top topic total tower town trace tracing track trade traffic
transaction transform transit transport treasury tree triage trigger trunk trust tuesday turkish twelve
twenty twice twitter two typically ubuntu uk under unfortunately unified union unit united universal
university unknown unlike until update updates upgrade upon upper upstream us usa usage user users usually
utility validation validator valley value various vendor ventures verification version very via vice
victim video view village virginia virtual vm voice volume vpc vpn wall warehouse warning was watch we web
webhook website wednesday week weekly western what whatever when whenever where whereas whether which
whichever while whoever whose why windows winter wireless with within without worker workers workflow
workload world write yard year's yearly yesterday yet york you your zero zone zookeeper
""")

# What follows a person who acted.
DEEDS = _words("""
accepted accidentally added agreed allowed also applied approved asked assumed authored began believed
broke brought built called caused changed checked chose clicked commented committed configured confirmed
copied created cut decided deleted deployed did didn't disabled dismissed drained drew dropped dug edited
emptied enabled entered escalated executed expected failed fixed flipped followed forgot found gave
granted had hadn't has hid ignored initiated installed introduced investigated joined kept knew launched
left logged lost made manually mentioned merged met migrated misconfigured misread missed mistakenly
mistyped modified moved neglected noticed opened ordered overlooked overrode overwrote paged paid paused
performed pressed promoted pulled pushed put ran read realised realized rebased rebooted reboots released
removed renamed reported requested restarted restored reverted reviewed revoked rode rolled rotated said
sang saw scaled sent set should shut signed silenced skipped sold spent spoke started stood stopped stuck
submitted swapped switched swore taught terminated thought threw told took tried triggered turned typed
understood unplugged updated upgraded used was wasn't went woke won wore wrongly wrote
""")

# What only a person does: systems are not said to have decided or forgotten.
HUMAN_DEEDS = _words("""
admitted agreed apologised apologized argued asked assumed believed bothered clicked complained confessed
decided discussed emailed explained felt figured forgot guessed hesitated hoped insisted joked knew knows
liked meant mentioned misheard misread misunderstood mistyped panicked phoned pasted preferred promised
realised realized recalled remembered resigned said says shouted slept spoke suggested suspected talked
texted thinks thought told typed understood wanted went whispered wondered worried wrote
""")

# Verbs that help others, and so prove little after a word that is no certain name.
AUXILIARIES = _words(
    "was wasn't had hadn't has did didn't should also is were will would could can can't kept left set put"
)

# Forms of address.
HONORIFICS = _words(
    "mr mrs ms miss mx dr prof professor herr frau mme monsieur madame senor senora sra signor signora sir"
)

# What the person before or after does for a living, where a name may follow directly: "our DBA Henrike".
OCCUPATIONS = _words("""
administrator admin analyst architect author boss cio colleague consultant contractor coordinator cto dba
developer director employee engineer expert freelancer guy intern lead leader manager operator owner
programmer responder reviewer scientist scribe specialist sre supervisor sysadmin technician tester
trainee
""")

# What stands between an article and a thing: after these a capitalised word names no person.
ARTICLES = _words("the a an this these those each every another any no")

# What stands before a place.
WHERE = _words("in at near between within into inside outside via through across around throughout")

# Places whose names persons bear too, and the first words of places.
PLACES = _words("""
adelaide alberta alexandria athens aurora austin berlin bern bologna boston bristol brooklyn brussels
cairo carolina charlotte chelsea chester chicago cologne columbus constance dallas delhi denver devon
dublin durham edinburgh essex florence florida frankfurt geneva georgia genoa hamilton
helsinki hong houston iceland india ireland israel jackson jordan kent kenya kingston kong lincoln
lisbon los lyon madison madrid manila marino memphis milan monica montreal moscow mumbai nancy naples
nova oslo ottawa paris petersburg phoenix porto prague quebec reno rio rome san sao santa
santiago santo saint salem seattle seville sheffield siena sofia st stockholm stuttgart sydney tampa
tehran tokyo toronto turin valencia vancouver vegas venice verona victoria vienna virginia warsaw
washington wellington worcester zurich zuerich munich hamburg las el cape fort mount lake port suez
""")

# Family names that many bear; the shapes of others are in `persons`.
FAMILY_NAMES = _words("""
abe acosta adams adeyemi aguilar ahmed akhtar ali allen almeida alvarez andersen anderson ando andrade
araujo arora bailey bajwa bakke bakker banerjee barbosa barnes bauer beck becker bennett berg bergmann
bhatt bianchi blanc bos bose braun brennan brooks bruno bui byrne campbell carvalho castillo castro chan
chang chatterjee chaudhary chavez choi chopra chowdhury chung clarke collins colombo conti cooper costa
cruz dahl dang das dasgupta davies davis de desai deshpande diallo diaz dinh diop doyle duarte dubey
dubois dupont duran edwards eriksen esposito evans fernandes ferrari ferreira fischer flores fontaine
fournier fujii fujita gallagher gallo garcia garg gomes gomez goncalves gonzalez goto greco guerrero gupta
gutierrez haas hahn hansen harris hartmann hasegawa hayashi hernandez herrera ho hoffmann holm huang huber
hughes hussain ibrahim ito iyer jackson jain james jansen jansson jensen jha jimenez johansen johnson
jones joshi kato kaur keller kelly khan khanna kobayashi koch kovac kowalski kramer kruger kumar kurz lang
larsson laurent le lefebvre leroy lewis li liang lim lin lindgren lopes lopez lorenz luo maier malhotra
mancini mariani marino marques marshall martin martinez martins matsumoto mehta meier mendes mendoza menon
mensah meyer miller mishra mitchell mitra moen moore morales moreau moreno morgan mori morris mukherjee
muller murphy murray mutua nair nakamura navarro ng ngo nguyen nielsen nkosi nowak nunez nyberg odegaard
okafor okonkwo okoye oliveira olsen ortega ortiz osei otieno owusu oyelaran pandey park parker patel
paterson pereira perez peters petersen petit pham phan phillips pillai pinto popa popescu quispe rahman
ramirez ramos rao reddy reyes ribeiro ricci richter rios rivera rizzo roberts robinson rocha rodrigues
rodriguez rogers rojas romano romero rossi roux roy ruiz russo saito salazar sanchez santos sasaki sato
sauer schaefer schafer schmid schmidt schmitt schneider schreiber schroder schubert schulz schumacher
schwarz sen shah sharma shimizu silva simon singh sinha smith soto sousa souza stewart suarez sun suzuki
takahashi tan tanaka taylor teixeira thakur thomas thompson torres tran tremblay truong vargas vasquez
vega verma vik vogel vu vuong wagner walker walsh wang watanabe watson weber weiss werner white williams
wilson wong wright wu xu yadav yamada yamamoto yang yilmaz yoshida young zhang zhao zheng zhou zhu ziegler
zimmermann zulu
""")

# Given names written in Cyrillic.
CYRILLIC_NAMES = _words("""
александр александра алексеи алена алина анастасия анатолии андреи анна антон артем борис вадим валентин
валентина валерии василии вера вероника виктор виктория виталии владимир владислав вячеслав галина георгии
григории даниил дарья денис дмитрии евгении евгения екатерина елена иван игорь илья инна ирина кирилл
константин ксения лариса лев леонид лидия людмила максим маргарита марина мария михаил надежда наталья
никита николаи оксана олег ольга павел петр полина роман руслан светлана семен сергеи софья станислав
степан тамара татьяна тимур ульяна федор юлия юрии яна ярослав
""")

# The first characters of Chinese, Japanese and Korean family names.
HAN_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯"
    "馮于董萧程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾魏薛叶葉阎潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
HAN_FAMILIES_OF_TWO = _words("""
佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 山口 松本 井上 木村
斎藤 清水 山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 藤田 後藤 近藤
村上 遠藤 青木 坂本 福田 太田 西村 藤井 岡本 藤原 三浦 金子 中野 中川 原田 松田
竹内 小野 田村 和田 石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野
小島 谷口 工藤 今井 高田 丸山 増田 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野
野口 武田 松井 千葉 菅原 岩崎 木下 久保 佐野 野村 松尾 市川 菊地 杉本 古川 大西
島田 水野 桜井 高野 吉川 山内 西田 飯田 菊池 西川 小松 北村 安田 川口 平田 中田
服部 岩田 土屋 川崎 福島 本田 樋口 秋山 田口 永井 山中 中西 吉村 川上 石原 大橋
松岡 馬場 浜田 森本 星野
""")
HANGUL_FAMILIES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지"
)

# What stands before a person who acted.
CUES = _words("""
by from ask asked tell told blame blamed call called phone phoned message messaged engineer developer
operator administrator admin colleague contractor manager mr mrs ms dr
""")

# Parts of family names that prove nothing alone.
PARTICLES = _words("""
abu af al ap av ben bin bint binte binti bte da dal das de del dela delas della delos den der di do dos
du el ibn la le mac mc o of st ten ter van von y zu zum zur
""")

# Mailboxes that belong to a role.
ROLE_MAILBOXES = _words("""
abuse accounts admin alert alertmanager alerts announce api apps automation backup backups billing bot
build ci cluster contact contact-us cron daemon deploy deployer dev devnull devops donotreply ec2 editor
enquiries escalation escalations feedback finance git github gitlab hello help helpdesk hostmaster hr
inbound incident incidents info infra it jenkins jira jobs legal list mail mailer major-incident marketing
mim monitor monitoring news no-reply noc noreply notifications notify office on-call oncall operations ops
orders payments platform postmaster press privacy process registry replies reply report reports root sales
security server service smtp soc sre status supplier support sysadmin sysops system team test tickets
ubuntu updates user users vendor vendors web webmaster www
""")

# What follows an @ in code and chat without naming anybody.
NO_HANDLES = _words("""
abstractmethod after all angular annually app async autowired babel bean before beta cached canary
celery channel classmethod column component contextmanager controller daily dataclass deprecated dev
entity everybody everyone export fixture font-face head here hourly id import include inject injectable
input keyframes latest lru main master media midnight mock monthly next nonnull nullable on-call oncall
output override param prod property pytest react reboot repository retry return returns scheduled
service staging staticmethod supports suppresswarnings table task test throws todo transactional types
vue weekly wraps yearly
""")

# What stands beside an @word of code.
BESIDE_NO_HANDLE = _words("""
alias annotation annotations attribute decorator decorators directive module package rule scope tag
version
""")

# Ordinary words that people are called by before any family name: "Will", but not "Baker" or "Field".
ORDINARY_GIVEN_NAMES = _words("""
amber angel april art autumn bill brook carter chance chase christian clay cliff cooper daisy dale dawn
dean drew earl eve faith frank gene ginger glen grace grant guy harmony harper hazel heath heather holly
hope hunter iris ivy jack jasmine jay joy june kay lance lane lee lily mark mason mat may merit miles nick
olive parker pat patience pearl penny pierce ray rich river rob robin rod rose rowan sandy sawyer skip sky
spencer sue summer taylor tucker victor violet wade ward will wren
""")
