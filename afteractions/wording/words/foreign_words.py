"""Words of other languages that tell a person's name from a role or a system; folded, as in `name_words`.

Roles stand in the languages that contacts are written in; given names where a script has no capitals to
tell by.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Latin letters: roles, teams and systems in the languages of Europe.
ROLES = _words("""
administrador administradora administrateur administratrice administratie afdeling agente ansvarig anwender
arbeitsgruppe arquitecto arquiteto ausfall base basededatos bereitschaft bereitschaftsdienst
bereitschaftsteam betrieb
betriebsleiter betriebsleitung benutzer beheerder bereich centro cliente clientes communicatie
comunicacion comunicacao
comunicaciones coordinador coordenador coordinateur coordinatore datenbank db dev developpeur desarrollador
desarrolladora desenvolvedor desarrollo dienst dienstleiter direction direccion directeur direttore
direzione
drift driftleder einsatzleiter einsatzleitung encargado encargada entwickler entwicklerin entwicklung
equipe equipo
equipa esercizio exploitation fornecedor fournisseur gebruiker gerente gestor gruppe gruppenleiter guardia
informatique infraestructura infrastruktur ingenieur ingenieurin ingeniero ingeniera ingegnere
engenheiro engenheira
jefe jefa krisenstab kunde kunden lieferant lieferanten leitung leiter leiterin leverandor leverancier
mitarbeiter
mitarbeiterin netwerk netzwerk operaciones operacoes operador operadora operateur operatore operatrice
oficina
plataforma plateforme piquet piattaforma planton produktion proveedor rechenzentrum red reseau
respondedor responsable
responsavel responsabile reti schicht schichtleiter seguridad seguranca servicedesk server servidor
serveur serveurs
servico servicio sicherheit sicurezza sikkerhed sistema sistemas soporte suporte squadra stab steuerung
storung
stoerung stoerungsmanager storungsmanager supporto systeem system systeme systemadministrator tecnico
tecnica technicien
technique techniker technikerin turno turnista uberwachung ueberwachung usuario usuaria usuarios utilisateur
utilisateurs utente utenti utvikler vakt vakthavande vaktleder verantwortlich verantwortliche
verantwortlicher
vertrieb wachdienst wachdienstleiter wachhabender zentrale zespol dyzurny administratora sprava spravce
dohled
""")

# Suffixes of roles and systems that languages make one word of: "Störungsmanager", "Datenbankteam".
ROLE_ENDINGS = (
    "manager", "leiter", "leitung", "leiterin", "team", "dienst", "zentrale", "verwaltung", "betrieb", "server",
    "abteilung", "gruppe", "system", "berater", "betreuer", "ingenieur", "techniker", "administrator",
    "administratorin", "verantwortlicher", "beauftragter",
)  # fmt: skip

# Other scripts: what a contact is called that is nobody. A name that holds one of these is none.
OTHER_ROLES = _words("""
系统 系統 监控 監控 監視 监视 服务 服務 平台 网关 網關 数据 數據 资料 資料 团队 團隊 值班 管理 运维 運維
運用 用户 用戶 客户
客戶 工程 经理 經理 主管 组长 組長 小组 小組 节点 節點 集群 负载 控制 中心 部门 部門 开发 開發 测试 測試
网络 網路 安全 保安 供应
供應 厂商 廠商 客服 前端 后端 後端 支持 支援 技术 技術 自动 自動 警报 警報 告警 事件 指挥 指揮 责任 責任
担当 擔當 当番 当直 夜勤
顧客 利用者 端末 基盤 基幹 回線 障害 対応 復旧 保守 窓口 営業 広報 情報 統括 本部 委員 会社 株式 銀行
業者 課長 部長 係長 社員
サーバ システム ユーザ チーム クラスタ ノード オペレ エンジニア マネージャ データ ネットワーク リーダ
サポート センター ベンダ
モニタ アラート プラット サービス ボット デスク クラウド インフラ ストレージ
담당 관리 운영 시스템 서버 사용자 개발 엔지니어 팀 모니터링 네트워크 당직 고객 보안 지원 책임 센터
매니저 플랫폼 데이터 노드
оператор администратор администраторы инженер инженеры пользователь пользователи команда группа система
мониторинг
сервер узел дежурныи дежурная дежурные разработчик разработчики менеджер служба поддержка отдел
платформа руководитель
клиент клиенты поставщик сеть база данных безопасность архитектор координатор центр балансировщик
кластер техническии
технолог ответственныи начальник диспетчер бот чергови адміністратор інженер користувач оператори
черговии служби
χρηστης διαχειριστης μηχανικος ομαδα συστημα υπευθυνος εξυπηρετητης δικτυο υποστηριξη τεχνικος
διευθυντης προμηθευτης
مستخدم المستخدم مهندس المهندس فريق الفريق مدير المدير مشرف المشرف نظام النظام خادم الخادم مراقب المراقب
مراقبه المراقبه
مشغل المشغل مناوب المناوب قسم اداره الاداره الشبكه شبكه دعم الدعم امن الامن تقنيه التقنيه عميل العميل
العملاء مزود
المزود قاعده البيانات منصه المنصه مطور المطور مسؤول المسؤول وحده التحكم مركز العمليات کاربر مدیر سرور
سامانه تیم مهندسی پشتیبانی شبکه
משתמש מנהל מהנדס צוות מערכת שרת תמיכה תורן ניטור אבטחה רשת ספק לקוח מפתח אחראי תפעול מוקד
ผู้ใช้ ผู้ดูแล ระบบ วิศวกร ทีม เซิร์ฟเวอร์ ผู้จัดการ เจ้าหน้าที่ เครือข่าย ฝ่าย ศูนย์ ผู้ให้บริการ
ลูกค้า ผู้ปฏิบัติงาน แพลตฟอร์ม
उपयोगकर्ता प्रबंधक अभियंता टीम दल प्रणाली सर्वर संचालक निगरानी नेटवर्क समर्थन ग्राहक प्रशासक
பயனர் மேலாளர் பொறியாளர் குழு அமைப்பு சேவையகம் நிர்வாகி
ব্যবহারকারী ব্যবস্থাপক প্রকৌশলী দল সার্ভার প্রশাসক
მომხმარებელი ოპერატორი ინჟინერი გუნდი სისტემა ადმინისტრატორი
օպերատոր ինժեներ թիմ համակարգ ադմինիստրատոր օգտատեր
""")

# Given names that stand alone in scripts without capitals, and in Greek, Armenian and Georgian.
OTHER_GIVEN_NAMES = _words("""
محمد احمد محمود علي حسن حسين عمر خالد يوسف ابراهيم عبدالله مصطفي مصطفى كريم طارق سامي ياسر وليد فاطمه
فاطمة مريم عائشه عائشة
زينب ليلي ليلى نور سارة ساره هدي هدى رانيا امينه سلمي سلمى خديجه خديجة رضا مهدي زهرا حمید نرگس شیرین
דוד משה יוסף אברהם יעקב דניאל רועי נועם איתי עומר אורי שרה רחל מרים נועה מאיה תמר רבקה חנה יעל מיכל
สมชาย สมหญิง สมศักดิ์ ประเสริฐ วิชัย สุรชัย อนุชา ณัฐพล กิตติ ธนา มาลี สุดา วันเพ็ญ นภา พรทิพย์ กมล
ปรีชา อรุณ สมพร ศิริพร
राजेश अमित राहुल विजय संजय सुनील अनिल प्रिया नेहा पूजा अंजलि सुनीता गीता रवि मनोज दीपक किरण अर्जुन
கண்ணன் முருகன் லட்சுமி பிரியா அருண் செல்வம்
γιωργος γιαννης νικος δημητρης κωστας μαρια ελενη κατερινα σοφια βασιλης παναγιωτης αννα χρηστος
გიორგი დავით ნინო მარიამ ანა ლევან თამარ
արմեն անի դավիթ մարիամ հայկ
太郎 花子 一郎 次郎 健太 翔太 美咲 さくら はなこ たろう あおい ゆうこ けんた
""")

# Particles of names in other scripts.
OTHER_PARTICLES = _words("بن ابن بنت ابو ام ال عبد بو بين בן בת אבן")
